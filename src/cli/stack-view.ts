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
import { openStatusDbToLook, type StatusDb } from '../store/open.js';
import { readStatuses } from '../store/service-status.js';
import { readUnready } from '../store/unready.js';
import type { Project } from './project.js';

/** A look, and the connection that it used, for who wants to know more. Whoever opens it closes that. */
export interface OpenStackView {
  readonly view: StackView;
  /** `undefined`: nothing was ever started here. */
  readonly db: StatusDb | undefined;
}

/** Looks at the stack without changing anything: a project that never started anything gets no state folder by it. */
export function readStackView(project: Project, nowMs: () => number, note: (text: string) => void): StackView {
  const { view, db } = openStackView(project, nowMs, note);
  db?.close();
  return view;
}

/** The same with the table left open. */
export function openStackView(
  { stack, paths, isFresh }: Project,
  nowMs: () => number,
  note: (text: string) => void,
): OpenStackView {
  requireNoUnfinishedRestore(paths.home);
  if (isFresh) {
    const nothing = { stack, home: paths.home, statuses: [], desired: [] };
    const view = {
      stack,
      home: paths.home,
      mode: undefined,
      ...readDaemon(paths),
      watchdog: readWatchdog(paths),
      reports: (only?: string) => observeStack({ ...nothing, nowMs: nowMs(), only }),
    };
    return { view, db: undefined };
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
    const view = {
      stack,
      home: paths.home,
      mode: readFact(db, 'mode'),
      ...readDaemon(paths),
      watchdog: readWatchdog(paths),
      undelivered: readUndelivered(db),
      reports: (only?: string) => observeStack({ ...read, nowMs: nowMs(), only }),
    };
    return { view, db };
  } catch (error) {
    db.close();
    throw error;
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
