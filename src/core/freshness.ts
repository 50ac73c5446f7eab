import { isSameProcess, type ObservedProcess, type ProcessIdentity } from './observed-process.js';
import type { StatusRow } from './status-row.js';

type Live = Extract<ObservedProcess, { kind: 'running' }>;

/**
 * Time that was really watched. It stands still while the machine sleeps, and while the watchdog itself is stopped or gets no
 * processor: nobody wrote heartbeats then either, or nobody could have seen them.
 */
export interface WatchedTime {
  readonly watchedMs: number;
  /** CLOCK_MONOTONIC at the last look. */
  readonly lookedAtMs: number;
}

/**
 * A look further apart than this from the one before counts as this much. Two ticks: a watchdog that is late by more was stopped, or
 * got no processor, and so it was for those whom it watches.
 */
const MAX_STEP_MS = 1_000;

export function watchOn(before: WatchedTime | undefined, monotonicMs: number): WatchedTime {
  if (before === undefined) return { watchedMs: 0, lookedAtMs: monotonicMs };
  const stepMs = Math.min(Math.max(0, monotonicMs - before.lookedAtMs), MAX_STEP_MS);
  return { watchedMs: before.watchedMs + stepMs, lookedAtMs: monotonicMs };
}

/** When the values of one process were seen to change, in watched time. */
export interface SeenProcess {
  readonly identity: ProcessIdentity;
  readonly firstSeenMs: number;
  readonly heartbeatAtMs: number | null;
  readonly heartbeatSeenMs: number;
  readonly progress: string;
  readonly progressSeenMs: number;
}

/** Takes in one look at a process and its row. Values that are new to us are as old as this look: a watchdog that just came cannot know better. */
export function seeProcess(
  before: SeenProcess | undefined,
  {
    process,
    row,
    watchedMs,
  }: { readonly process: Live; readonly row: StatusRow | undefined; readonly watchedMs: number },
): SeenProcess {
  const known = before !== undefined && isSameProcess(before.identity, process.identity) ? before : undefined;
  const heartbeatAtMs = row?.heartbeatAtMs ?? null;
  const progress = `${row?.progressSeq ?? '-'} ${row?.progressAtMs ?? '-'}`;
  return {
    identity: process.identity,
    firstSeenMs: known?.firstSeenMs ?? watchedMs,
    heartbeatAtMs,
    // Who works is alive. While the clock is behind its last heartbeat, progress does not move that.
    heartbeatSeenMs:
      known?.heartbeatAtMs === heartbeatAtMs && known.progress === progress ? known.heartbeatSeenMs : watchedMs,
    progress,
    progressSeenMs: known?.progress === progress ? known.progressSeenMs : watchedMs,
  };
}

/**
 * The process and its row with every instant moved to where the wall clock of now would have put it, had it never jumped and the
 * machine never slept: so that `judge`, which compares instants, sees watched ages.
 */
export function asWatched<Process extends Live>(
  { process, row }: { readonly process: Process; readonly row: StatusRow | undefined },
  seen: SeenProcess,
  { watchedMs, nowMs }: { readonly watchedMs: number; readonly nowMs: number },
): { readonly process: Process; readonly row: StatusRow | undefined } {
  const instant = (seenMs: number) => nowMs - (watchedMs - seenMs);
  return {
    process: { ...process, startedAtMs: instant(seen.firstSeenMs) },
    row: row && {
      ...row,
      heartbeatAtMs: instant(seen.heartbeatSeenMs),
      progressAtMs: row.progressAtMs === null ? null : instant(seen.progressSeenMs),
    },
  };
}
