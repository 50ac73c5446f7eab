import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Candle, SeriesKey, StoredCandle } from './candle.js';
import { openCandleDatabase } from './candle-database.js';

/** What an insert did. `fenced`: a newer writer owns the file, and nothing was changed. */
export type InsertOutcome =
  | {
      readonly kind: 'stored';
      readonly inserted: number /** Not after the last stored candle. */;
      readonly ignored: number;
    }
  | { readonly kind: 'fenced'; readonly newerGeneration: number };

/** The closed candles of `market.db`. One process writes at a time; any number read. */
export interface CandleStore {
  /** Makes this connection the only one that may write, and returns its generation. Every older generation is fenced. */
  claim(holder: string): number;
  /**
   * Appends closed candles, oldest first, in one transaction: all or none.
   * A series only grows at its end. A candle that is not after the last stored one of its series is ignored:
   * the first closed value wins over a later correction, because trading may have acted on it.
   */
  insert(candles: readonly Candle[], generation: number): InsertOutcome;
  /** Candles of one series stored after `seq` (0: from the first), oldest first. */
  readAfter(series: SeriesKey, seq: number, limit: number): StoredCandle[];
  /** The newest `limit` candles of one series, oldest first. */
  readLast(series: SeriesKey, limit: number): StoredCandle[];
  lastCandle(series: SeriesKey): StoredCandle | undefined;
  count(series: SeriesKey): number;
  /** Whether the path still names the file that was opened. When it was moved or deleted, writing on would reach nobody. */
  isCurrent(): boolean;
  close(): void;
}

const SELECT = `SELECT symbol, interval_s AS intervalS, source, open_at_ms AS openAtMs, open, high, low, close, volume, trades,
  as_of_ms AS asOfMs, seq, generation FROM candles`;
const OF_SERIES = 'symbol = @symbol AND interval_s = @intervalS AND source = @source';

/**
 * Opens `market.db`; a writable one is created and migrated.
 *
 * @throws {SigctlError} DATABASE_MISSING (readonly, and no collector has made it yet), DATABASE_TOO_NEW, DATABASE_LOCKED,
 * DATABASE_BROKEN; all exit 4
 */
export function openCandleStore(path: string, options: { readonly readonly?: boolean } = {}): CandleStore {
  return candleStore(openCandleDatabase(path, options.readonly === true), path);
}

function candleStore(db: Database, path: string): CandleStore {
  const openedId = fileId(path);
  const claim = db.prepare<{ holder: string }, { generation: number }>(
    'UPDATE writer SET generation = generation + 1, holder = @holder RETURNING generation',
  );
  const readAfter = db.prepare<SeriesKey & { seq: number; limit: number }, StoredCandle>(
    `${SELECT} WHERE ${OF_SERIES} AND seq > @seq ORDER BY seq LIMIT @limit`,
  );
  const readLast = db.prepare<SeriesKey & { limit: number }, StoredCandle>(
    `${SELECT} WHERE ${OF_SERIES} ORDER BY seq DESC LIMIT @limit`,
  );
  const count = db.prepare<SeriesKey, { total: number }>(`SELECT count(*) AS total FROM candles WHERE ${OF_SERIES}`);
  const insert = db.readonly ? undefined : insertion(db);
  return {
    claim: (holder) => claim.get({ holder })?.generation ?? 0,
    insert: (candles, generation) => requireWritable(insert)(candles, generation),
    readAfter: (series, seq, limit) => readAfter.all({ ...keyOf(series), seq, limit }),
    readLast: (series, limit) => readLast.all({ ...keyOf(series), limit }).reverse(),
    lastCandle: (series) => readLast.get({ ...keyOf(series), limit: 1 }),
    count: (series) => count.get(keyOf(series))?.total ?? 0,
    isCurrent: () => fileId(path) === openedId,
    close: () => void db.close(),
  };
}

/** The file that a path names now. Its number is not given out again while it is open here. */
function fileId(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

type Insert = (candles: readonly Candle[], generation: number) => InsertOutcome;

/** Checks the generation, assigns `seq` and inserts under one write lock, so that neither can change in between. */
function insertion(db: Database): Insert {
  const readWriter = db.prepare<[], { generation: number }>('SELECT generation FROM writer');
  const readSeq = db.prepare<[], { seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM candles');
  const readEnd = db.prepare<SeriesKey, { openAtMs: number | null }>(
    `SELECT max(open_at_ms) AS openAtMs FROM candles WHERE ${OF_SERIES}`,
  );
  const add = db.prepare<Candle & { seq: number; generation: number }>(
    `INSERT INTO candles (symbol, interval_s, source, open_at_ms, open, high, low, close, volume, trades, as_of_ms, seq, generation)
     VALUES (@symbol, @intervalS, @source, @openAtMs, @open, @high, @low, @close, @volume, @trades, @asOfMs, @seq, @generation)
     ON CONFLICT DO NOTHING`,
  );
  const append = (candle: Candle, generation: number, seq: number): boolean => {
    const endMs = readEnd.get(keyOf(candle))?.openAtMs ?? -Infinity;
    return candle.openAtMs > endMs && add.run({ ...candle, seq, generation }).changes === 1;
  };
  const transaction = db.transaction((candles: readonly Candle[], generation: number): InsertOutcome => {
    const newest = readWriter.get()?.generation ?? 0;
    if (newest !== generation) return { kind: 'fenced', newerGeneration: newest };
    const firstSeq = (readSeq.get()?.seq ?? 0) + 1;
    let inserted = 0;
    for (const candle of candles) if (append(candle, generation, firstSeq + inserted)) inserted += 1;
    return { kind: 'stored', inserted, ignored: candles.length - inserted };
  });
  return (candles, generation) => transaction.immediate(candles, generation);
}

/** Only the three columns of the key: better-sqlite3 accepts more, but a candle given as a key should read as one. */
function keyOf({ symbol, intervalS, source }: SeriesKey): SeriesKey {
  return { symbol, intervalS, source };
}

function requireWritable(insert: Insert | undefined): Insert {
  if (insert === undefined) throw new Error('insert() on a candle store that was opened readonly');
  return insert;
}
