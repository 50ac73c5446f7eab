import type { ExitRecord } from '../process/exit-journal.js';
import { GAVE_UP, isRefusal } from '../process/launcher-exit.js';
import type { RecordedProcess } from '../store/processes.js';
import type { SeenLaunch } from './seen-launches.js';

/** One thing to put on record, oldest first within a key. */
export type RecordStep =
  | { readonly kind: 'start'; readonly process: RecordedProcess }
  /** `exit` is `undefined` when nobody saw it. */
  | { readonly kind: 'exit'; readonly process: RecordedProcess; readonly exit: ExitRecord | undefined }
  /** The launcher ended before it became the service. */
  | { readonly kind: 'refused'; readonly exit: ExitRecord };

export interface StepInput {
  readonly key: string;
  /** The process on record. */
  readonly known: RecordedProcess | undefined;
  /** What the lock file says, read *before* the exits: a process that is gone from it by then has its line among them. */
  readonly seen: SeenLaunch | undefined;
  /** Of this key, oldest first. */
  readonly exits: readonly ExitRecord[];
  /** The daemon that is its parent lives: its line in the journal may still come. */
  readonly mayBeTold: (process: RecordedProcess) => boolean;
  /** It began a moment ago: a full disk may hold up the line about the one before it, which is written as soon as there is room. */
  readonly isYoung: (process: RecordedProcess) => boolean;
  /** Its exit is among the events. Asked only of processes before the one on record. */
  readonly isOnRecord: (process: RecordedProcess) => boolean;
}

export interface KeySteps {
  readonly steps: readonly RecordStep[];
  /** The process to keep for the next time; `undefined`: as it was. */
  readonly last: RecordedProcess | undefined;
}

/**
 * What happened to the processes of one key since the last look. Pure.
 *
 * Each process gets one start and one exit, also one that came and went between two looks.
 */
export function planSteps({ key, known, seen, exits, mayBeTold, isYoung, isOnRecord }: StepInput): KeySteps {
  const steps: RecordStep[] = [];
  // What the lock file said before the exits were read may be behind them.
  const isHandled = (process: RecordedProcess): boolean =>
    [known, ...steps.map((step) => ('process' in step ? step.process : undefined))].some(
      (other) => other !== undefined && isSame(other, process),
    );
  let open = known?.ended === false ? known : undefined;
  let last = known;
  const begin = (process: RecordedProcess): RecordedProcess => {
    // Another one has begun, so this one ended, and the journal was silent about it.
    if (open !== undefined) end(open, undefined);
    steps.push({ kind: 'start', process });
    open = process;
    last = process;
    return process;
  };
  const end = (process: RecordedProcess, exit: ExitRecord | undefined): void => {
    steps.push({ kind: 'exit', process, exit });
    last = { ...process, ended: true };
    open = undefined;
  };
  for (const exit of exits) {
    const process = findEnded(exit, { known, open, seen });
    if (process === 'on record') continue;
    // A full disk held its line up. The process on record is a later one and goes on.
    if (process !== undefined && known !== undefined && isBefore(process, known)) {
      if (!isOnRecord(process)) steps.push({ kind: 'start', process }, { kind: 'exit', process, exit });
      continue;
    }
    if (process !== undefined) end(open !== undefined && isSame(open, process) ? open : begin(process), exit);
    else if (exit.code === GAVE_UP || isRefusal(exit)) steps.push({ kind: 'refused', exit });
  }
  if (seen !== undefined && !isHandled(seen.process)) {
    const isHeldUp = open !== undefined && mayBeTold(open) && isYoung(seen.process);
    if (!isHeldUp) begin(seen.process);
  }
  const isAlive = open !== undefined && seen?.alive === true && isSame(open, seen.process);
  if (open !== undefined && !isAlive && !mayBeTold(open)) end(open, undefined);
  return { steps, last: last === known ? undefined : withKey(last, key) };
}

interface Candidates {
  readonly known: RecordedProcess | undefined;
  readonly open: RecordedProcess | undefined;
  readonly seen: SeenLaunch | undefined;
}

/** The process that an exit is of; `undefined` when it never got further than the launcher. */
function findEnded(exit: ExitRecord, { known, open, seen }: Candidates): RecordedProcess | 'on record' | undefined {
  if (open?.identity.pid === exit.pid && (exit.launch === undefined || isOf(open, exit))) return open;
  if (known?.ended === true && known.identity.pid === exit.pid && isOf(known, exit)) return 'on record';
  if (exit.launch !== undefined) return unseenProcess(exit, exit.launch, open ?? known ?? seen?.process);
  return seen?.alive === false && seen.process.identity.pid === exit.pid ? seen.process : undefined;
}

function isOf(process: RecordedProcess, { launch }: ExitRecord): boolean {
  return launch === undefined || launch.identity.startToken === process.identity.startToken;
}

/** It came and went between two looks; service and instance are those of its neighbours. */
function unseenProcess(
  { key, pid }: ExitRecord,
  launch: NonNullable<ExitRecord['launch']>,
  neighbour: RecordedProcess | undefined,
): RecordedProcess {
  return {
    key,
    service: neighbour?.service ?? key,
    instance: neighbour?.instance ?? '0',
    identity: { pid, startToken: launch.identity.startToken },
    bootId: launch.bootId,
    startId: launch.startId,
    starts: launch.starts,
    startedAtMs: launch.startedAtMs,
    manifestHash: null,
    memoryBytes: null,
    ended: false,
  };
}

/** The same process of the same boot. Its number alone says little, and its start time nothing across boots. */
export function isSame(left: RecordedProcess, right: RecordedProcess): boolean {
  return (
    left.identity.pid === right.identity.pid &&
    left.identity.startToken === right.identity.startToken &&
    left.bootId === right.bootId &&
    left.startId === right.startId &&
    left.starts === right.starts
  );
}

/** Of the same boot; the kernel's start time alone does not tell two of one tick apart. */
function isBefore(process: RecordedProcess, other: RecordedProcess): boolean {
  if (process.bootId !== other.bootId) return false;
  if (process.startId === other.startId) return process.starts < other.starts;
  return Number(process.identity.startToken) < Number(other.identity.startToken);
}

function withKey(process: RecordedProcess | undefined, key: string): RecordedProcess | undefined {
  return process === undefined ? undefined : { ...process, key };
}
