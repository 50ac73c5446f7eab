import { createRequire } from 'node:module';
import { join } from 'node:path';

/** PM2 looks at memory limits and cron schedules this often (30 s by default, PM2_WORKER_INTERVAL). */
const WORKER_INTERVAL_MS = 2_000;

/** The daemon's sockets. They may lie elsewhere than PM2_HOME, as a unix socket's path holds at most 107 bytes. */
export interface DaemonSockets {
  readonly rpc: string;
  readonly pub: string;
}

/**
 * The command that is the PM2 daemon, and its whole environment.
 *
 * @param exits The script that notes each exit inside the daemon (scripts/services/exit-journal.cjs), and where it does so.
 */
export function daemonCommand(
  pm2Home: string,
  sockets: DaemonSockets,
  shell: { readonly path: string; readonly home: string; readonly timeZone: string | undefined },
  exits: { readonly preload: string; readonly journal: string },
) {
  return {
    command: [process.execPath, '-r', exits.preload, createRequire(import.meta.url).resolve('pm2/lib/Daemon.js')],
    env: {
      PATH: shell.path,
      HOME: shell.home,
      // Cron schedules are meant in the operator's time zone.
      ...(shell.timeZone === undefined ? {} : { TZ: shell.timeZone }),
      PM2_HOME: pm2Home,
      SIGCTL_EXIT_JOURNAL: exits.journal,
      PM2_DAEMON_RPC_PORT: sockets.rpc,
      PM2_DAEMON_PUB_PORT: sockets.pub,
      PM2_WORKER_INTERVAL: String(WORKER_INTERVAL_MS),
      // With its offset from UTC: the shell that reads the log may live in another time zone than the daemon.
      PM2_LOG_DATE_FORMAT: 'YYYY-MM-DDTHH:mm:ss.SSSZ',
      // It would ask a server on the internet for news, once a day.
      PM2_DISABLE_VERSION_CHECK: '1',
    },
  };
}

/** Folders that PM2's own command line makes before it starts a daemon. */
export function daemonFolders(pm2Home: string): readonly string[] {
  return ['logs', 'pids', 'modules'].map((name) => join(pm2Home, name));
}

/** Where the daemon's own log goes. */
export function daemonLogPath(pm2Home: string): string {
  return join(pm2Home, 'pm2.log');
}

/** Settings of PM2 modules, of which there are none here. */
export function daemonModuleConfig(pm2Home: string): string {
  return join(pm2Home, 'module_conf.json');
}
