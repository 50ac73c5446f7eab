import BetterSqlite3 from 'better-sqlite3';

/** Others read and write meanwhile: whoever does not let go of the log by then keeps it. */
const PATIENCE_MS = 5_000;

/**
 * Moves the write-ahead log of a database into it and cuts the log to nothing. Changes no row.
 *
 * @returns `false` when a reader or writer still needs the log: nothing is lost, and it stays as it is.
 */
export function tryTruncateWal(path: string): boolean {
  const db = new BetterSqlite3(path, { fileMustExist: true, timeout: PATIENCE_MS });
  try {
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy?: number }[];
    return row?.busy === 0;
  } finally {
    db.close();
  }
}
