import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import type { Candle, SeriesKey, StoredCandle } from '../../../src/service/market/candle.js';

export const SERIES: SeriesKey = { symbol: 'XBTUSD', intervalS: 60, source: 'replay:swings.csv' };

/** A folder that is gone after the test. */
export function tempDir(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-trading-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  mkdirSync(join(folder, 'data'));
  return folder;
}

/** Candles that swing in several rhythms, so that averages cross often. The same on every call. */
export function swings(length: number, series: SeriesKey = SERIES): Candle[] {
  return Array.from({ length }, (_, index) => {
    const wave = 400 * Math.sin(index / 23) + 90 * Math.sin(index / 5) + 30 * Math.sin(index * 1.7);
    const close = (10_000 + wave).toFixed(1);
    const openAtMs = 1_600_000_000_000 + index * series.intervalS * 1_000;
    const { symbol, intervalS, source } = series;
    const asOfMs = openAtMs + intervalS * 1_000;
    return {
      symbol,
      intervalS,
      source,
      openAtMs,
      open: close,
      high: close,
      low: close,
      close,
      volume: '1',
      trades: 1,
      asOfMs,
    };
  });
}

/** As the store would give them back: `seq` from 1. */
export function stored(candles: readonly Candle[]): StoredCandle[] {
  return candles.map((candle, index) => ({ ...candle, seq: index + 1, generation: 1 }));
}

/** Kraken's OHLCVT rows: unix seconds, open, high, low, close, volume, trades. */
export function toCsv(candles: readonly Candle[]): string {
  const rows = candles.map((c) => [c.openAtMs / 1_000, c.open, c.high, c.low, c.close, c.volume, c.trades].join(','));
  return `${rows.join('\n')}\n`;
}

/** All that the ledger says of the market, without the wall clock and the writer: equal for equal histories. */
export function dumpLedger(path: string): Record<string, unknown> {
  const db = new Database(path, { readonly: true });
  try {
    const all = (sql: string) => db.prepare(sql).all();
    return {
      accounts: all('SELECT * FROM accounts ORDER BY id'),
      positions: all('SELECT * FROM positions ORDER BY account_id'),
      cursors: all(
        'SELECT account_id, seq, seq_open_at_ms, open_at_ms, close, decision, evaluated FROM cursors ORDER BY account_id',
      ),
      evaluations: countRows(path, 'evaluations'),
      // One number for tens of thousands of rows: a difference shows in the orders, and this one proves that there is none.
      evaluationsHash: hashOf(all('SELECT * FROM evaluations ORDER BY account_id, open_at_ms')),
      orders: all(
        `SELECT id, client_id, intent_key, account_id, strategy, candle_open_at_ms, side, quantity, status, reject_reason,
                reason, fast_average, slow_average FROM orders ORDER BY id`,
      ),
      fills: all('SELECT * FROM fills ORDER BY id'),
    };
  } finally {
    db.close();
  }
}

function hashOf(rows: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

/** Number of rows in a table of the ledger; 0 while there is no ledger. */
export function countRows(path: string, table: string): number {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return db.prepare<[], { total: number }>(`SELECT count(*) AS total FROM ${table}`).get()?.total ?? 0;
    } finally {
      db.close();
    }
  } catch {
    return 0; // Not created, or not migrated yet: callers wait for a number.
  }
}
