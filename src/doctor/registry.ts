import { checkAlerts } from './checks/alerts.js';
import { checkClock } from './checks/clock.js';
import { checkClusterApps } from './checks/cluster-apps.js';
import { checkDaemon } from './checks/daemon.js';
import { checkDatabaseDriver } from './checks/database-driver.js';
import { checkDatabases } from './checks/databases.js';
import { checkDisk } from './checks/disk.js';
import { checkExitJournal } from './checks/exit-journal.js';
import { checkFlock } from './checks/flock.js';
import { checkLogs } from './checks/logs.js';
import { checkManifest } from './checks/manifest.js';
import { checkMemory } from './checks/memory.js';
import { checkMemoryLimits } from './checks/memory-limits.js';
import { checkNodeVersion } from './checks/node-version.js';
import { checkOpenFiles } from './checks/open-files.js';
import { checkPermissions } from './checks/permissions.js';
import { checkPidFiles } from './checks/pid-files.js';
import { checkPm2Version } from './checks/pm2-version.js';
import { checkPorts } from './checks/ports.js';
import { checkProcesses } from './checks/processes.js';
import { checkScripts } from './checks/scripts.js';
import { checkServices } from './checks/services.js';
import { checkSockets } from './checks/sockets.js';
import { checkWalSizes } from './checks/wal-sizes.js';
import { checkWatchdog } from './checks/watchdog.js';
import type { Check } from './run-checks.js';

/** Every check, in the order in which trouble spreads: what all the rest needs comes first. */
export const CHECKS: readonly Check[] = [
  { name: 'node', run: checkNodeVersion },
  { name: 'database driver', run: checkDatabaseDriver },
  { name: 'pm2', run: checkPm2Version },
  { name: 'manifest', run: checkManifest },
  { name: 'scripts', run: checkScripts },
  { name: 'daemon', readsState: true, run: checkDaemon },
  { name: 'sockets', readsState: true, run: checkSockets },
  { name: 'exit journal', readsState: true, run: checkExitJournal },
  { name: 'watchdog', readsState: true, run: checkWatchdog },
  { name: 'services', readsState: true, run: checkServices },
  { name: 'processes', readsState: true, run: checkProcesses },
  { name: 'pid files', readsState: true, run: checkPidFiles },
  { name: 'ports', readsState: true, run: checkPorts },
  { name: 'databases', readsState: true, run: checkDatabases },
  { name: 'write-ahead logs', readsState: true, run: checkWalSizes },
  { name: 'alerts', readsState: true, run: checkAlerts },
  { name: 'permissions', run: checkPermissions },
  { name: 'disk', run: checkDisk },
  { name: 'logs', run: checkLogs },
  { name: 'memory', readsState: true, run: checkMemory },
  { name: 'memory limits', run: checkMemoryLimits },
  { name: 'open files', run: checkOpenFiles },
  { name: 'clock', run: checkClock },
  { name: 'flock', run: checkFlock },
  { name: 'cluster', run: checkClusterApps },
];
