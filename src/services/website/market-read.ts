import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { MarketView } from './site-snapshot.js';

/** Short: a page that waits for a lock answers nobody else meanwhile. */
const BUSY_TIMEOUT_MS = 250;

interface CandleRow {
  readonly symbol: string;
  readonly intervalS: number;
  readonly source: string;
  readonly openAtMs: number;
  readonly close: string;
  readonly asOfMs: number;
}

/** `seq` rises with each insertion, so the newest row names the series that is being collected now. */
const NEWEST_OF_SERIES = `
  SELECT c.symbol, c.interval_s AS intervalS, c.source, c.open_at_ms AS openAtMs, c.close, c.as_of_ms AS asOfMs
    FROM candles c JOIN (SELECT symbol, interval_s, source FROM candles ORDER BY seq DESC LIMIT 1) s
      ON c.symbol = s.symbol AND c.interval_s = s.interval_s AND c.source = s.source
   ORDER BY c.seq DESC LIMIT @limit`;

/**
 * Reads the newest `limit` closed candles of the series that was written last.
 *
 * @returns `undefined` when no candle was ever stored.
 * @throws {Database.SqliteError} when the file is locked for longer than a quarter of a second, or no database of candles.
 */
export function readMarket(path: string, limit: number): MarketView | undefined {
  if (!existsSync(path)) return undefined;
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    // The file exists a moment before its first migration is committed.
    if (db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'candles'`).get() === undefined) return undefined;
    return toMarketView(db.prepare<{ limit: number }, CandleRow>(NEWEST_OF_SERIES).all({ limit }).reverse());
  } finally {
    db.close();
  }
}

function toMarketView(rows: readonly CandleRow[]): MarketView | undefined {
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  return {
    symbol: last.symbol,
    source: last.source,
    intervalMs: last.intervalS * 1_000,
    points: rows.map(({ openAtMs, close }) => ({ openAtMs, close })),
    lastObtainedAtMs: last.source.startsWith('replay:') ? null : last.asOfMs,
  };
}
