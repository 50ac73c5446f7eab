import { z } from 'zod';
import type { Candle, SeriesKey } from './candle.js';
import { KrakenError, krakenRefusal } from './kraken-error.js';

/** What one OHLC reply says, before the unfinished candle is left out. */
export interface OhlcReply {
  /** Oldest first; the last one is not closed yet. */
  readonly candles: readonly Candle[];
  /** Entries of severity W, which come with a result. */
  readonly warnings: readonly string[];
}

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
/** time, open, high, low, close, vwap, volume, count */
const rowSchema = z.tuple([
  z.number().int().positive(),
  decimal,
  decimal,
  decimal,
  decimal,
  decimal,
  decimal,
  z.number().int().min(0),
]);
const replySchema = z.object({
  error: z.array(z.string()),
  result: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Reads the body of `GET /0/public/OHLC`. Rows out of order are put in order; a time that comes twice counts once, the later row.
 *
 * @throws {KrakenError} `malformed`, or the class of the error that Kraken reports with HTTP 200
 */
export function parseOhlcReply(body: string, series: SeriesKey, asOfMs: number): OhlcReply {
  const reply = replySchema.safeParse(parseJson(body));
  if (!reply.success) throw malformed(body, reply.error);
  const { error, result } = reply.data;
  const refusal = error.find((entry) => !entry.startsWith('W'));
  if (refusal !== undefined) throw krakenRefusal(refusal);
  const rows = z.array(rowSchema).safeParse(pairRows(result, body));
  if (!rows.success) throw malformed(body, rows.error);
  const byTime = new Map(rows.data.map((row) => [row[0], row]));
  const { symbol, intervalS, source } = series;
  const candles = [...byTime.values()]
    .sort((left, right) => left[0] - right[0])
    .map(([time, open, high, low, close, , volume, trades]) => ({
      ...{ symbol, intervalS, source, openAtMs: time * 1_000 },
      ...{ open, high, low, close, volume, trades, asOfMs },
    }));
  return { candles, warnings: error };
}

/** The pair's key is not the one asked for (XBTUSD comes as `XXBTZUSD` or `BTC/USD`): it is the only one besides `last`. */
function pairRows(result: Readonly<Record<string, unknown>> | undefined, body: string): unknown {
  const keys = Object.keys(result ?? {}).filter((key) => key !== 'last');
  const [key] = keys;
  if (result === undefined || key === undefined || keys.length > 1) throw malformed(body, undefined);
  return result[key];
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw malformed(body, error);
  }
}

/** The start of the body goes into the message: it tells an HTML page from a cut reply. */
function malformed(body: string, cause: unknown): KrakenError {
  const start = JSON.stringify(body.slice(0, 60));
  return new KrakenError('malformed', `a reply of ${body.length} characters is not an OHLC reply: ${start}`, { cause });
}
