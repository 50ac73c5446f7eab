import { formatSize } from './size.js';
import type { Reaction, ServiceSpec } from './stack.js';
import type { Judgement } from './verdict.js';

/** Why the watchdog looks into a process, or ends it. What fails a health check is ended by who asks it. */
export type Trouble = 'hung' | 'stale';
export type EndCause = Trouble | 'memory-limit';

/** What was done about one process so far. A new process begins with nothing. */
export interface WatchMemory {
  readonly softTold: boolean;
  /** The trouble that was looked into, until it is over. */
  readonly diagnosed: Trouble | undefined;
  readonly ending: EndCause | undefined;
}

export const NOTHING_DONE: WatchMemory = { softTold: false, diagnosed: undefined, ending: undefined };

export type WatchAction =
  | { readonly kind: 'tell-memory'; readonly reason: string }
  /** A snapshot goes on record, and nothing is signalled. */
  | { readonly kind: 'diagnose'; readonly cause: Trouble; readonly reason: string }
  /** The process is ended, after a snapshot where its cause is a trouble. Whoever started it starts it again. */
  | { readonly kind: 'end'; readonly cause: EndCause; readonly reason: string };

export interface WatchedProcess {
  readonly spec: Pick<ServiceSpec, 'health' | 'memoryLimitBytes' | 'memorySoftBytes' | 'autorestart'>;
  /** The operator wants it to run, and no command is about to end it. */
  readonly wanted: boolean;
  readonly judgement: Judgement;
  /** Of the whole tree. */
  readonly memoryBytes: number;
  /** For how long it could have written its heartbeat, as far as the table goes. */
  readonly tableWritableMs: number;
}

export interface WatchPlan {
  readonly actions: readonly WatchAction[];
  readonly memory: WatchMemory;
}

/** Told again only after it was so far below the soft limit: a service that hovers around it is told once. */
const SOFT_AGAIN_SHARE = 0.95;

/** What to do about a live process of a service, and what to remember of it. Pure. */
export function planWatch(process: WatchedProcess, before: WatchMemory): WatchPlan {
  if (!process.wanted || before.ending !== undefined) return { actions: [], memory: before };
  const over = overLimit(process);
  if (over !== undefined) {
    return {
      actions: [{ kind: 'end', cause: 'memory-limit', reason: over }],
      memory: { ...before, ending: 'memory-limit' },
    };
  }
  const soft = planSoft(process, before);
  const trouble = planTrouble(process, soft.memory);
  return { actions: [...soft.actions, ...trouble.actions], memory: trouble.memory };
}

/** `512 MB of 500 MB` when it is over its limit. */
function overLimit({ spec, memoryBytes }: WatchedProcess): string | undefined {
  if (spec.memoryLimitBytes === undefined || memoryBytes <= spec.memoryLimitBytes) return undefined;
  return `${formatSize(memoryBytes)} of ${formatSize(spec.memoryLimitBytes)}`;
}

function planSoft({ spec, memoryBytes }: WatchedProcess, before: WatchMemory): WatchPlan {
  const { memorySoftBytes, memoryLimitBytes } = spec;
  if (memorySoftBytes === undefined || memoryLimitBytes === undefined) return { actions: [], memory: before };
  if (memoryBytes < memorySoftBytes * SOFT_AGAIN_SHARE) return { actions: [], memory: { ...before, softTold: false } };
  if (memoryBytes < memorySoftBytes || before.softTold) return { actions: [], memory: before };
  const reason = `${formatSize(memoryBytes)} of ${formatSize(memoryLimitBytes)}`;
  return { actions: [{ kind: 'tell-memory', reason }], memory: { ...before, softTold: true } };
}

/** So long the table must have been writable before a service is blamed for its silence: time for the next try of most. */
const TABLE_PROOF_MS = 2_000;

function planTrouble(process: WatchedProcess, before: WatchMemory): WatchPlan {
  const found = findTrouble(process);
  if (found === undefined) return { actions: [], memory: { ...before, diagnosed: undefined } };
  // Where nobody can write, everybody is silent: to end them all would make it no better.
  const proofMs = Math.min(TABLE_PROOF_MS, process.spec.health.heartbeatWithinMs ?? TABLE_PROOF_MS);
  if (process.tableWritableMs < proofMs) return { actions: [], memory: before };
  const { cause, reason, reaction } = found;
  // What nobody starts again is not ended either: it is worth more as it is.
  if (reaction === 'restart' && process.spec.autorestart) {
    return { actions: [{ kind: 'end', cause, reason }], memory: { ...before, diagnosed: cause, ending: cause } };
  }
  if (reaction === 'ignore' || before.diagnosed === cause) return { actions: [], memory: before };
  return { actions: [{ kind: 'diagnose', cause, reason }], memory: { ...before, diagnosed: cause } };
}

function findTrouble({
  spec: { health },
  judgement: { verdict, reason },
}: WatchedProcess): { readonly cause: Trouble; readonly reason: string; readonly reaction: Reaction } | undefined {
  if (verdict === 'hung') return { cause: 'hung', reason, reaction: health.onHung };
  if (verdict === 'stale') return { cause: 'stale', reason, reaction: health.onStale };
  return undefined;
}

/** Above its limit by this share while it is already to end: it would take the machine's memory before its time is over. */
const KILL_SHARE = 1.15;

/** A process tree that was told to end. */
export interface EndingTree {
  readonly alive: number;
  readonly sinceMs: number;
  readonly killTimeoutMs: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number | undefined;
}

/** What to do about a process tree that was told to end. */
export function planEnding(tree: EndingTree): 'gone' | 'wait' | 'kill' {
  if (tree.alive === 0) return 'gone';
  if (tree.sinceMs >= tree.killTimeoutMs) return 'kill';
  return tree.memoryLimitBytes !== undefined && tree.memoryBytes > tree.memoryLimitBytes * KILL_SHARE ? 'kill' : 'wait';
}

/** From this share of the limit on memory is looked at more often. */
const CLOSE_SHARE = 0.9;

/** Whether a tree may be over its limit before the next two looks at everything: near it, or growing towards it. */
export function isCloseToLimit(
  memoryBytes: number,
  { memoryLimitBytes, grownBytes }: { readonly memoryLimitBytes: number | undefined; readonly grownBytes: number },
): boolean {
  if (memoryLimitBytes === undefined) return false;
  return memoryBytes + 2 * Math.max(0, grownBytes) > memoryLimitBytes * CLOSE_SHARE;
}
