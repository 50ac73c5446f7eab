import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { EXIT, SigctlError } from '../../errors.js';
import { isBusy, openFailure } from '../../store/database-errors.js';
import { migrateCandles, readVersion } from './candle-schema.js';

/** How long a connection waits for the write lock before it throws SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 10_000;
const WAL_PAUSE_MS = 25;

/**
 * Opens the file of the candles: in WAL mode and migrated, unless `readonly`. Any number of processes may open a new file at once.
 *
 * @throws {SigctlError} DATABASE_MISSING (readonly, and no collector has made it yet), DATABASE_TOO_NEW, DATABASE_LOCKED,
 * DATABASE_BROKEN; all exit 4
 */
export function openCandleDatabase(path: string, readonly: boolean): Database.Database {
  if (readonly && !existsSync(path)) throw missing(path);
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly, timeout: BUSY_TIMEOUT_MS });
    if (!readonly) prepareForWriting(db);
    // The file exists a moment before its first migration is committed.
    else if (readVersion(db) === 0) throw missing(path);
    return db;
  } catch (error) {
    db?.close();
    throw openFailure(path, error);
  }
}

function prepareForWriting(db: Database.Database): void {
  switchToWal(db);
  db.pragma('synchronous = NORMAL');
  migrateCandles(db);
}

/**
 * The switch upgrades a read lock, for which SQLite calls no busy handler: of several processes that open a new file
 * together all but one are refused at once. So wait here; a file that is in WAL mode already needs no lock.
 */
function switchToWal(db: Database.Database): void {
  for (let waitedMs = 0; db.pragma('journal_mode', { simple: true }) !== 'wal'; waitedMs += WAL_PAUSE_MS) {
    try {
      db.pragma('journal_mode = WAL');
    } catch (error) {
      if (!isBusy(error) || waitedMs >= BUSY_TIMEOUT_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS);
    }
  }
}

function missing(path: string): SigctlError {
  return new SigctlError(`Cannot read candles from "${path}": no collector has written any yet`, {
    code: 'DATABASE_MISSING',
    hint: 'Start a collector: sigctl start market-data',
    exitCode: EXIT.environment,
  });
}
