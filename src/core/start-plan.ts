import type { ObservedProcess } from './observed-process.js';

/** What `start` does for one process of a service. */
export type StartStep =
  /** `clear`: leftovers of its last run, which still hold its lock. `earlier`: its processes under an earlier manifest, still alive. */
  | {
      readonly kind: 'start';
      readonly service: string;
      readonly key: string;
      readonly clear: readonly number[];
      readonly earlier: readonly string[];
    }
  /** It was launched a moment ago, by an earlier command or by PM2 after a crash: it is waited for, and started anew if it exits. */
  | {
      readonly kind: 'settle';
      readonly service: string;
      readonly key: string;
      readonly note: string | null;
      readonly clear: readonly number[];
      readonly earlier: readonly string[];
    }
  /** It runs already, and is left alone. `note` says what is not as it should be. */
  | {
      readonly kind: 'keep';
      readonly service: string;
      readonly key: string;
      readonly pid: number;
      readonly note: string | null;
    }
  /** A oneshot service that did its work since it was last started: it runs again when an operator names it. */
  | { readonly kind: 'done'; readonly service: string; readonly key: string; readonly code: number };

/** A process that a start may concern, with what was seen of it. */
export interface StartCandidate {
  readonly service: string;
  readonly key: string;
  readonly process: ObservedProcess;
  /** The manifest entry that the running process was started with; `null` when unknown. */
  readonly runningHash: string | null;
  readonly manifestHash: string;
  /** Keys of its processes that the manifest no longer names. */
  readonly earlier: readonly string[];
  /** How long a start may take: a process younger than this may still fail. */
  readonly readyWithinMs: number;
  /** The command that started it gave up waiting for it. */
  readonly isUnready: boolean;
  /** The success code with which a oneshot service ended since it was started; `null` when it is to be started anyway. */
  readonly completed: number | null;
  /** Whether a watchdog takes orphans back: it lives, or this start brings it. */
  readonly isWatched: boolean;
  /** It is taken back after all others, between its cycles. */
  readonly takeBackLast: boolean;
  readonly nowMs: number;
}

/** Decides for one process whether it has to be started. Pure. A second copy is never the answer. */
export function planStart(candidate: StartCandidate): StartStep {
  const { service, key, process } = candidate;
  if (candidate.completed !== null) return { kind: 'done', service, key, code: candidate.completed };
  if (process.kind === 'none')
    return { kind: 'start', service, key, clear: process.leftovers, earlier: candidate.earlier };
  const note = keepNote(candidate, process.parent);
  const isYoung = candidate.nowMs - process.startedAtMs < candidate.readyWithinMs;
  if ((isYoung || candidate.isUnready) && process.parent === 'pm2')
    return { kind: 'settle', service, key, note, clear: [], earlier: [] };
  return { kind: 'keep', service, key, pid: process.identity.pid, note };
}

function keepNote(candidate: StartCandidate, parent: 'pm2' | 'none'): string | null {
  const { service, runningHash, manifestHash } = candidate;
  if (parent === 'none') return `orphaned: runs, but not under PM2; ${whoTakesBack(candidate)}`;
  if (runningHash !== null && runningHash !== manifestHash) {
    return `its manifest entry changed since it started; "sigctl restart ${service}" applies it`;
  }
  return null;
}

function whoTakesBack({ service, isWatched, takeBackLast }: StartCandidate): string {
  if (!isWatched) return `"sigctl restart ${service}" takes it back`;
  const when = takeBackLast ? 'after all others, between its cycles' : 'in a moment';
  return `the watchdog restarts it under PM2 ${when}`;
}
