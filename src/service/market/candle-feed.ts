import type { Candle, SeriesKey } from './candle.js';
import type { Pause } from './pause.js';

/** Where closed candles come from. */
export interface CandleFeed {
  readonly series: SeriesKey;
  /** Time between two candles when all goes well, in milliseconds; 0 when they come as fast as they are stored. */
  readonly expectEveryMs: number;
  /**
   * Yields closed candles in the order of their open time, beginning after `resumeAfterMs` (open time of the last one
   * stored; `undefined`: from the feed's own beginning), so that another process can go on where this one ended.
   *
   * An empty batch says that the source answered and has nothing new. Ends when `signal` aborts, or when the source has
   * no more (a replay). Throws when the source fails; calling it again, resumed after the last stored candle, goes on.
   */
  candles(resumeAfterMs: number | undefined, signal: AbortSignal): AsyncGenerator<readonly Candle[]>;
}

/** What a feed needs of the world. */
export interface FeedDeps {
  readonly nowMs: () => number;
  readonly pause: Pause;
  readonly log: FeedLog;
}

/** The part of a pino logger that feeds and collector use. */
export interface FeedLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
