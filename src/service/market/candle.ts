/** What tells one series of candles from another. Sources never mix: each reader selects by all three. */
export interface SeriesKey {
  /** As the exchange's REST names it, for example `XBTUSD`. */
  readonly symbol: string;
  readonly intervalS: number;
  /** `sim:<seed>`, `replay:<file name>` or `kraken`. */
  readonly source: string;
}

/** One closed candle. Money and volume are plain decimal strings: no exponent, never a float. */
export interface Candle extends SeriesKey {
  readonly openAtMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** Number of trades in the interval. */
  readonly trades: number;
  /** When the source vouched for these numbers: receipt for an exchange, the candle's end for `sim` and `replay`. */
  readonly asOfMs: number;
}

/** A candle as the store gives it back. */
export interface StoredCandle extends Candle {
  /** Rises with each insertion into the file, over all series; within a series it follows `openAtMs`. */
  readonly seq: number;
  /** Which writer stored it; see `CandleStore.claim`. */
  readonly generation: number;
}

/** First instant after the candle: when it closed, in epoch milliseconds. */
export function closeAtMs(candle: Pick<Candle, 'openAtMs' | 'intervalS'>): number {
  return candle.openAtMs + candle.intervalS * 1_000;
}
