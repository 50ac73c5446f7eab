import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { Candle, SeriesKey } from '../../../src/service/market/candle.js';
import type { CandleFeed, FeedDeps } from '../../../src/service/market/candle-feed.js';
import { type Bundle, bundle } from '../../bundle.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const KRAKEN_DATA = join(ROOT, '../shared/data/kraken');

export const MINUTE_SERIES: SeriesKey = { symbol: 'XBTUSD', intervalS: 60, source: 'kraken' };

/** A recorded file of Kraken's, or `undefined` with the test skipped where the recordings are absent. */
export function recording(t: TestContext, file: string): string | undefined {
  const path = join(KRAKEN_DATA, file);
  if (existsSync(path)) return path;
  t.skip(`${path} absent`);
  return undefined;
}

/** The programs that these tests run. */
export function bundlePrograms(): Promise<Bundle> {
  return bundle({
    'market-data': 'src/services/market-data/main.ts',
    'fallback-collector': 'test/services/market/programs/fallback-collector.ts',
    'candle-racer': 'test/services/market/programs/candle-racer.ts',
  });
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A world whose clock stands still but for pauses, which pass at once. */
export interface VirtualWorld extends FeedDeps {
  setNow(nowMs: number): void;
  readonly lines: readonly LogLine[];
}

export function virtualWorld(startMs: number): VirtualWorld {
  let nowMs = startMs;
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return {
    nowMs: () => nowMs,
    setNow: (next) => {
      nowMs = next;
    },
    async pause(ms, signal) {
      if (!signal.aborted) nowMs += ms;
      await nextTurn();
    },
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    lines,
  };
}

/** Reads a feed until it has given at least so many candles, then aborts it. */
export async function take(feed: CandleFeed, atLeast: number, resumeAfterMs?: number): Promise<Candle[]> {
  const abort = new AbortController();
  const candles: Candle[] = [];
  for await (const batch of feed.candles(resumeAfterMs, abort.signal)) {
    candles.push(...batch);
    if (candles.length >= atLeast) abort.abort();
  }
  return candles;
}

export interface CandleRow {
  readonly seq: number;
  readonly openAtMs: number;
  readonly close: string;
  readonly generation: number;
}

/** What is in a `market.db`: the rows of all series by `seq`; empty while there is no file. */
export function readCandles(path: string): readonly CandleRow[] {
  return query<CandleRow>(path, 'SELECT seq, open_at_ms AS openAtMs, close, generation FROM candles ORDER BY seq');
}

export function countCandles(path: string): number {
  return query<{ total: number }>(path, 'SELECT count(*) AS total FROM candles')[0]?.total ?? 0;
}

function query<Row>(path: string, sql: string): Row[] {
  if (!existsSync(path)) return [];
  const db = new Database(path, { readonly: true, timeout: 10_000 });
  try {
    if (db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'candles'`).get() === undefined) return [];
    return db.prepare<[], Row>(sql).all();
  } finally {
    db.close();
  }
}
