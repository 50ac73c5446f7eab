import { requireNoUnfinishedRestore } from '../backup/find-restores.js';
import type { StackView, WatchdogView } from '../commands/session.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { findDaemon } from '../observe/observe-processes.js';
import { observeStack } from '../observe/observe-stack.js';
import type { HomePaths } from '../process/home.js';
import { readPageBytes } from '../process/page-bytes.js';
import { readUndelivered } from '../store/alert-rows.js';
import { readChecks } from '../store/checks.js';
import { readDesired } from '../store/desired.js';
import { readFact } from '../store/facts.js';
import { openStatusDbToLook } from '../store/open.js';
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
      ...readDaemon(paths),
      watchdog: readWatchdog(paths),
      reports: (only) => observeStack({ ...nothing, nowMs: nowMs(), only }),
    };
  }
  const db = openStatusDbToLook(paths.statusDb);
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
      reports: (only) => observeStack({ ...read, nowMs: nowMs(), only }),
    };
  } finally {
    db.close();
  }
}

function readWatchdog(paths: HomePaths): WatchdogView | undefined {
  const watchdog = findWatchdog(paths);
  if (watchdog === undefined) return undefined;
  const { pid, rssPages, state } = watchdog;
  return { pid, memoryBytes: rssPages * readPageBytes(), isStopped: state === 'T' };
}

function readDaemon(paths: HomePaths) {
  const daemon = findDaemon(paths);
  return { daemonPid: daemon?.pid, isDaemonStopped: daemon?.state === 'T' };
}
