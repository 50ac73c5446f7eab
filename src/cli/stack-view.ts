import { requireNoUnfinishedRestore } from '../backup/restore-folder.js';
import type { StackView, WatchdogView } from '../commands/session.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { readDaemonPid } from '../observe/observe-processes.js';
import { observeStack } from '../observe/observe-stack.js';
import type { HomePaths } from '../process/home.js';
import { readResidentBytes } from '../process/proc-stat.js';
import { readProcessState } from '../process/process-state.js';
import { readUndelivered } from '../store/alert-rows.js';
import { readChecks } from '../store/checks.js';
import { readDesired } from '../store/desired.js';
import { readFact } from '../store/facts.js';
import { openStatusDb } from '../store/open.js';
import { readStatuses } from '../store/service-status.js';
import { readUnready } from '../store/unready.js';
import type { Project } from './project.js';

/** Looks at the stack without changing anything: a project that never started anything gets no state folder by it. */
export function readStackView(
  { stack, paths, isFresh }: Project,
  nowMs: () => number,
  note: (text: string) => void,
): StackView {
  requireNoUnfinishedRestore(paths.home);
  if (isFresh) {
    const nothing = { stack, home: paths.home, statuses: [], desired: [] };
    return {
      stack,
      home: paths.home,
      mode: undefined,
      daemonPid: readDaemonPid(paths),
      watchdog: readWatchdog(paths),
      reports: () => observeStack({ ...nothing, nowMs: nowMs() }),
    };
  }
  const db = openStatusDb(paths.statusDb);
  try {
    const read = {
      stack,
      home: paths.home,
      statuses: readStatuses(db, (fault) => note(`note: ${fault.message}`)),
      desired: readDesired(db),
      unready: readUnready(db),
      checks: readChecks(db, (fault) => note(`note: ${fault.message}`)),
    };
    return {
      stack,
      home: paths.home,
      mode: readFact(db, 'mode'),
      ...readDaemon(paths),
      watchdog: readWatchdog(paths),
      undelivered: readUndelivered(db),
      reports: () => observeStack({ ...read, nowMs: nowMs() }),
    };
  } finally {
    db.close();
  }
}

function readWatchdog(paths: HomePaths): WatchdogView | undefined {
  const pid = findWatchdog(paths)?.pid;
  if (pid === undefined) return undefined;
  return { pid, memoryBytes: readResidentBytes(pid), isStopped: readProcessState(pid) === 'T' };
}

function readDaemon(paths: HomePaths) {
  const daemonPid = readDaemonPid(paths);
  return { daemonPid, isDaemonStopped: daemonPid !== undefined && readProcessState(daemonPid) === 'T' };
}
