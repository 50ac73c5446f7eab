import type { Stack } from '../core/stack.js';
import { findDaemon } from '../observe/observe-processes.js';
import { readExits } from '../process/exit-journal.js';
import { DAEMON_KEY, type HomePaths } from '../process/home.js';
import { readBootId } from '../process/proc-stat.js';
import { hasExit, type NewServiceEvent, recordEvent } from '../store/events.js';
import type { StatusDb } from '../store/open.js';
import { type RecordedProcess, readProcesses, writeProcess } from '../store/processes.js';
import { composeEvents, withHash } from './compose-events.js';
import { type KeySteps, planSteps } from './record-steps.js';
import { readRecorderState, writeRecorderState } from './recorder-state.js';
import { listKeys, type RecordedKey, readSeenLaunch } from './seen-launches.js';

export interface Reconciliation {
  readonly stack: Stack;
  readonly paths: HomePaths;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Of sigctl, for the events. */
  readonly version: string;
}

/** The journal tries a line again each second (scripts/services/exit-journal.cjs). */
const HELD_UP_MS = 5_000;

/** Somebody else recorded meanwhile: look again. More than a few times in a row would be a fault. */
const TRIES = 10;

/**
 * Brings the flight recorder up to now: what started and what ended since the last call, each once, with its cause.
 *
 * Any process may call it at any time. Two at once do not double an event: what is written rests on a revision that has not moved.
 * Without news it writes nothing: it reads the journal's head, and a small file and a line of `/proc` for each process.
 *
 * @returns What was written, oldest first.
 */
export function reconcile(db: StatusDb, request: Reconciliation): readonly NewServiceEvent[] {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const written = tryReconcile(db, request);
    if (written !== undefined) return written;
  }
  // They write down what happened as well as we would.
  return [];
}

/** `undefined`: somebody else recorded between our look and our write. */
function tryReconcile(db: StatusDb, request: Reconciliation): readonly NewServiceEvent[] | undefined {
  const { stack, paths } = request;
  const state = readRecorderState(db);
  const known = new Map(readProcesses(db).map((process) => [process.key, process]));
  const bootId = readBootId();
  const keys = listKeys(stack, paths, known);
  // Lock files first: a process that is gone from its lock by then has its line in the journal, as PM2 notes it before it starts the next.
  const seen = new Map(keys.map((key) => [key.key, readSeenLaunch(key, { paths, bootId, known: known.get(key.key) })]));
  const daemon = findDaemon(paths);
  const { exits, position } = readExits(paths, state.position);
  const plans = keys.map((key): KeyPlan => {
    const steps = planSteps({
      key: key.key,
      known: known.get(key.key),
      seen: seen.get(key.key),
      exits: exits.filter((exit) => exit.key === key.key),
      mayBeTold: (process) => isChildOf(daemon, process, bootId),
      isYoung: ({ startedAtMs }) => Math.abs(request.nowMs - startedAtMs) < HELD_UP_MS,
      isOnRecord: (process) => hasExit(db, process),
    });
    return { key, ...steps };
  });
  if (exits.length === 0 && plans.every(({ steps }) => steps.length === 0)) return [];
  const events = composeEvents(plans, { ...request, db, bootId });
  const write = db.transaction(() => {
    if (readRecorderState(db).revision !== state.revision) return undefined;
    for (const event of events) recordEvent(db, event);
    for (const { last } of plans) if (last !== undefined) writeProcess(db, withHash(db, last));
    writeRecorderState(db, { revision: state.revision + 1, position });
    return events;
  });
  return write.immediate();
}

export interface KeyPlan extends KeySteps {
  readonly key: RecordedKey;
}

/** The daemon was there when the process began and still is: it will note its end. */
function isChildOf(
  daemon: ReturnType<typeof findDaemon>,
  { key, identity, bootId }: RecordedProcess,
  bootIdNow: string,
): boolean {
  if (daemon === undefined || bootId !== bootIdNow || key === DAEMON_KEY) return false;
  return Number(daemon.startToken) <= Number(identity.startToken);
}
