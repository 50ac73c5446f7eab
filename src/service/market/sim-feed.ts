import type { Candle } from './candle.js';
import type { CandleFeed, FeedDeps } from './candle-feed.js';
import { feedClock } from './feed-clock.js';
import { type SimSeries, simCandle } from './sim-candle.js';

export interface SimFeedOptions extends SimSeries {
  /** Candles of the past that a new series begins with. */
  readonly history: number;
}

/** After a longer pause than this many candles the oldest of the missed ones are left out, and the log says so. */
export const MAX_MISSED_SLOTS = 10_000;
const BATCH = 500;

/**
 * Simulated candles, one per `tickMs`, aligned to the wall clock. Slots missed while nobody collected are filled in. Where the clock is set
 * back they go on at the same pace, ahead of it, until it has caught up.
 */
export function simFeed(options: SimFeedOptions, deps: FeedDeps): CandleFeed {
  const { symbol, intervalS, source, tickMs } = options;
  return {
    series: { symbol, intervalS, source },
    expectEveryMs: tickMs,
    async *candles(resumeAfterMs, signal) {
      let slot = firstSlot(options, deps, resumeAfterMs);
      const nowMs = feedClock(deps.nowMs, resumeAfterMs === undefined ? undefined : slot * tickMs, 2 * tickMs);
      while (!signal.aborted) {
        const closed = closedSlots(slot, nowMs(), tickMs);
        if (closed > 0) yield makeCandles(options, slot, closed);
        slot += closed;
        if (closed < BATCH) await deps.pause(untilClosed(slot, nowMs(), tickMs), signal);
      }
    },
  };
}

function firstSlot(options: SimFeedOptions, deps: FeedDeps, resumeAfterMs: number | undefined): number {
  const openSlot = Math.floor(deps.nowMs() / options.tickMs);
  if (resumeAfterMs === undefined) return openSlot - options.history;
  const next = Math.floor(resumeAfterMs / options.tickMs) + 1;
  const missed = openSlot - next;
  if (missed <= MAX_MISSED_SLOTS) return next;
  deps.log.warn(
    { missed, kept: MAX_MISSED_SLOTS },
    'simulated candles were missed for too long: the oldest are left out',
  );
  return openSlot - MAX_MISSED_SLOTS;
}

/** How many slots from `slot` on have closed, up to one batch. */
function closedSlots(slot: number, nowMs: number, tickMs: number): number {
  return Math.min(BATCH, Math.max(0, Math.floor(nowMs / tickMs) - slot));
}

function untilClosed(slot: number, nowMs: number, tickMs: number): number {
  return Math.max(1, (slot + 1) * tickMs - nowMs);
}

function makeCandles(series: SimSeries, slot: number, length: number): Candle[] {
  return Array.from({ length }, (_, index) => simCandle(series, slot + index));
}
