import { formatDuration } from '../../core/duration.js';
import { formatUtc } from '../../core/utc.js';

/** What is known about news from the feed. All instants are epoch milliseconds of the wall clock. */
export interface FeedNews {
  readonly kind: 'sim' | 'replay' | 'kraken';
  /** Whether a candle of the series was ever evaluated. */
  readonly begun: boolean;
  /** Time between two candles when all goes well. */
  readonly expectEveryMs: number;
  /** The engine's start, then whenever a candle was read. */
  readonly lastReadAtMs: number;
  /** The engine's start, or when the newest candle closed if that is later. */
  readonly newestCloseAtMs: number;
}

const MIN_SILENCE_MS = 90_000;
const MISSED_CANDLES = 5;
const MIN_FRESH_MS = 90_000;
const FRESH_SHARE = 4;

/**
 * Why the feed counts as silent; `undefined` while it does not.
 * A replay that has begun is never silent, for it may be at its end.
 *
 * From an exchange only what is new in the market is news, so a collector that stores old candles is silent as well.
 */
export function silence(news: FeedNews, nowMs: number): string | undefined {
  if (news.kind === 'replay' && news.begun) return undefined;
  const limitMs = Math.max(MIN_SILENCE_MS, MISSED_CANDLES * news.expectEveryMs);
  const sinceMs = news.kind === 'kraken' ? news.newestCloseAtMs : news.lastReadAtMs;
  if (nowMs - sinceMs <= limitMs) return undefined;
  // The instant and not the age: the reason stays the same, so it is written once.
  return `no new candle since ${formatUtc(sinceMs)}, limit ${formatDuration(limitMs)}`;
}

/**
 * Whether a fill at the close of a candle is honest. On a live market only while that close is news: candles that are
 * caught up with after a pause feed the averages and are not traded. Simulation and replay have a clock of their own.
 */
export function isTradable(
  kind: FeedNews['kind'],
  candle: { closedAtMs: number; intervalMs: number },
  nowMs: number,
): boolean {
  if (kind !== 'kraken') return true;
  return nowMs - candle.closedAtMs <= Math.max(MIN_FRESH_MS, candle.intervalMs / FRESH_SHARE);
}
