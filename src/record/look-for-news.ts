import type { ServiceSpec, Stack } from '../core/stack.js';
import { findDaemon } from '../observe/observe-processes.js';
import { type JournalPosition, readExits } from '../process/exit-journal.js';
import { DAEMON_KEY, type HomePaths } from '../process/home.js';
import { readBootId } from '../process/proc-stat.js';
import { hasExit } from '../store/events.js';
import type { StatusDb } from '../store/open.js';
import { type RecordedProcess, readProcesses } from '../store/processes.js';
import { type KeySteps, planSteps } from './record-steps.js';
import { readRecorderState } from './recorder-state.js';
import { keysOf, listKeys, type RecordedKey, readSeenLaunch } from './seen-launches.js';

/** What the flight recorder does not have yet. */
export interface News {
  readonly plans: readonly KeyPlan[];
  readonly bootId: string;
  /** Of the record that it goes on from: it is news no more once another one has been written. */
  readonly revision: number;
  /** How far the journal was read. */
  readonly position: JournalPosition | undefined;
}

export interface KeyPlan extends KeySteps {
  readonly key: RecordedKey;
}

export interface NewsRequest {
  readonly stack: Stack;
  readonly paths: HomePaths;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** A service of the manifest alone; `undefined`: every key. */
type Only = ServiceSpec | undefined;

/** The journal tries a line again each second (scripts/services/exit-journal.cjs). */
const HELD_UP_MS = 5_000;

/**
 * Whether the record of one service is up to now; of all, with the daemon, the watchdog and services that left the manifest, when none
 * is named.
 */
export function isUpToNow(db: StatusDb, request: NewsRequest, only: Only): boolean {
  return look(db, request, only) === undefined;
}

/**
 * What started and ended since the flight recorder was last written; `undefined`: nothing. Writes nothing: it reads the journal's head,
 * and a small file and a line of `/proc` for each process.
 */
export function lookForNews(db: StatusDb, request: NewsRequest): News | undefined {
  return look(db, request, undefined);
}

function look(db: StatusDb, { stack, paths, nowMs }: NewsRequest, only: Only): News | undefined {
  const state = readRecorderState(db);
  const known = new Map(readProcesses(db).map((process) => [process.key, process]));
  const bootId = readBootId();
  const keys = only === undefined ? listKeys(stack, paths, known) : keysOf(only);
  // Lock files first: a process that is gone from its lock by then has its line in the journal, as PM2 notes it before it starts the next.
  const seen = new Map(keys.map((key) => [key.key, readSeenLaunch(key, { paths, bootId, known: known.get(key.key) })]));
  const daemon = findDaemon(paths);
  const { exits: all, position } = readExits(paths, state.position);
  const exits = only === undefined ? all : all.filter(({ key }) => seen.has(key));
  const plans = keys.map((key): KeyPlan => {
    const steps = planSteps({
      key: key.key,
      known: known.get(key.key),
      seen: seen.get(key.key),
      exits: exits.filter((exit) => exit.key === key.key),
      mayBeTold: (process) => isChildOf(daemon, process, bootId),
      isYoung: ({ startedAtMs }) => Math.abs(nowMs - startedAtMs) < HELD_UP_MS,
      isOnRecord: (process) => hasExit(db, process),
    });
    return { key, ...steps };
  });
  if (exits.length === 0 && plans.every(({ steps }) => steps.length === 0)) return undefined;
  return { plans, bootId, revision: state.revision, position };
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
