import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { sourceDamaged } from './backup-errors.js';
import { codeOf } from './error-code.js';

/** Copied in one go: a few milliseconds, between which progress is shown and Ctrl-C is seen. */
const PAGES_AT_ONCE = 1_024;
/** Writers in WAL mode never hold a reader up; those in rollback mode do for the length of a commit. */
const BUSY_TIMEOUT_MS = 10_000;

export interface CopyProgress {
  readonly copiedPages: number;
  readonly totalPages: number;
}

/** One live database as it was at one instant, while others go on writing it. */
export interface Snapshot {
  readonly name: string;
  readonly wal: boolean;
  /** Copies it to a new file (0600) that is in rollback mode and needs no other file. @throws What `onProgress` throws. */
  readonly copyTo: (path: string, onProgress: (progress: CopyProgress) => void) => Promise<void>;
  readonly close: () => void;
}

/**
 * Fixes the instant: a read transaction on a connection of its own. Without it SQLite starts a copy anew with each write of
 * another process, which under load never ends (https://sqlite.org/c3ref/backup_finish.html).
 *
 * @throws {SigctlError} `DATABASE_BROKEN`.
 */
export function openSnapshot(name: string, path: string): Snapshot {
  const db = openSource(path);
  const wal = db.pragma('journal_mode', { simple: true }) === 'wal';
  return {
    name,
    wal,
    copyTo: (target, onProgress) => copy(db, target, onProgress),
    close: () => void db.close(),
  };
}

function openSource(path: string): Database {
  try {
    return beginRead(path, true);
  } catch (error) {
    // A journal that a killed writer left has to be played back first, which takes a connection that may write.
    if (!/^SQLITE_(READONLY|CANTOPEN)/.test(codeOf(error))) throw damaged(path, error);
  }
  try {
    return beginRead(path, false);
  } catch (error) {
    throw damaged(path, error);
  }
}

function beginRead(path: string, readonly: boolean): Database {
  const db = new BetterSqlite3(path, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('BEGIN');
    // The transaction begins with the first read.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function damaged(path: string, error: unknown) {
  return sourceDamaged(path, error instanceof Error ? error.message : String(error), error);
}

async function copy(db: Database, path: string, onProgress: (progress: CopyProgress) => void): Promise<void> {
  closeSync(openSync(path, 'wx', 0o600));
  await db.backup(path, {
    progress: ({ totalPages, remainingPages }) => {
      onProgress({ copiedPages: totalPages - remainingPages, totalPages });
      return PAGES_AT_ONCE;
    },
  });
  // The check and the change of mode block this thread: what is shown must have been painted before.
  await nextTurn();
  const target = new BetterSqlite3(path, { fileMustExist: true });
  try {
    target.pragma('journal_mode = DELETE');
  } finally {
    target.close();
  }
}
