import type { Candle, SeriesKey } from './candle.js';
import type { CandleFeed, FeedDeps } from './candle-feed.js';
import type { KrakenClient } from './kraken-client.js';
import type { OhlcReply } from './kraken-ohlc.js';

export interface KrakenFeedOptions extends SeriesKey {
  readonly pollMs: number;
}

/** Kraken gives no more candles than this in one reply, and none that are older. */
export const KRAKEN_MAX_ROWS = 720;

/**
 * Closed candles of Kraken's OHLC call, polled. A new series begins with the up to 719 closed ones that Kraken still has;
 * minutes without a trade that Kraken leaves out are left out here too.
 *
 * Throws (out of the generator) {KrakenError} when a poll fails after its retries.
 */
export function krakenFeed(options: KrakenFeedOptions, client: KrakenClient, deps: FeedDeps): CandleFeed {
  const { symbol, intervalS, source, pollMs } = options;
  const series = { symbol, intervalS, source };
  return {
    series,
    expectEveryMs: intervalS * 1_000,
    async *candles(resumeAfterMs, signal) {
      let afterMs = resumeAfterMs;
      while (!signal.aborted) {
        const reply = await client.ohlc(series, sinceS(afterMs, intervalS), signal);
        for (const warning of reply.warnings) deps.log.warn({ warning }, 'Kraken answered with a warning');
        const fresh = newlyClosed(reply, afterMs);
        if (afterMs !== undefined) warnOfGap(reply, fresh, afterMs, intervalS, deps);
        yield fresh;
        afterMs = fresh.at(-1)?.openAtMs ?? afterMs;
        await deps.pause(pollMs, signal);
      }
    },
  };
}

/** One candle further back than needed: whether Kraken's `since` includes its own instant then makes no difference. */
function sinceS(afterMs: number | undefined, intervalS: number): number | undefined {
  return afterMs === undefined ? undefined : afterMs / 1_000 - intervalS;
}

/** Without the last row, which is the candle still open, whatever `since` was. */
function newlyClosed(reply: OhlcReply, afterMs: number | undefined): readonly Candle[] {
  return reply.candles.slice(0, -1).filter((candle) => afterMs === undefined || candle.openAtMs > afterMs);
}

/** A full reply that begins after the candle that should come next has lost the ones in between, for good. */
function warnOfGap(
  reply: OhlcReply,
  fresh: readonly Candle[],
  afterMs: number,
  intervalS: number,
  deps: FeedDeps,
): void {
  const first = reply.candles[0];
  if (first === undefined || fresh.length === 0 || reply.candles.length < KRAKEN_MAX_ROWS) return;
  const missing = (first.openAtMs - afterMs) / (intervalS * 1_000) - 1;
  if (missing <= 0) return;
  const range = { afterMs, beforeMs: first.openAtMs, missing, maxRows: KRAKEN_MAX_ROWS };
  deps.log.warn(range, `gap: ${missing} candles are older than the newest ${KRAKEN_MAX_ROWS} that Kraken gives`);
}
