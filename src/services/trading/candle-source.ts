import { statSync } from 'node:fs';
import type { SeriesKey, StoredCandle } from '../../service/market/candle.js';
import { type CandleStore, openCandleStore } from '../../service/market/candle-store.js';
import type { Cursor } from './evaluate.js';

/** The candles of one series for one reader, through whatever happens to the file. */
export interface CandleSource {
  /**
   * The candles after the cursor, oldest first. Where the file does not hold the cursor's candle (it was replaced, and
   * `seq` began again), the series from its beginning; the caller knows by open time which ones are on record.
   *
   * @throws {SigctlError} DATABASE_MISSING, DATABASE_TOO_NEW, DATABASE_BROKEN; the next call tries again.
   */
  read(cursor: Cursor, limit: number): readonly StoredCandle[];
  close(): void;
}

/** Opens market.db when it is first read, and again when the file has been replaced or a read has failed. */
export function candleSource(path: string, series: SeriesKey): CandleSource {
  let open: { readonly store: CandleStore; readonly inode: number | undefined } | undefined;
  const close = () => {
    open?.store.close();
    open = undefined;
  };
  return {
    read(cursor, limit) {
      try {
        // A replaced file would go unnoticed for good: SQLite keeps reading the one that was unlinked.
        if (open !== undefined && inodeOf(path) !== open.inode) close();
        open ??= { store: openCandleStore(path, { readonly: true }), inode: inodeOf(path) };
        return readAfterCursor(open.store, series, cursor, limit);
      } catch (error) {
        close();
        throw error;
      }
    },
    close,
  };
}

function readAfterCursor(
  store: CandleStore,
  series: SeriesKey,
  cursor: Cursor,
  limit: number,
): readonly StoredCandle[] {
  if (cursor.seq === 0) return store.readAfter(series, 0, limit);
  const [at, ...after] = store.readAfter(series, cursor.seq - 1, limit + 1);
  const holdsCursor = at !== undefined && at.seq === cursor.seq && at.openAtMs === cursor.seqOpenAtMs;
  return holdsCursor ? after : store.readAfter(series, 0, limit);
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
