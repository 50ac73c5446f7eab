import { statSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { TableRows } from '../core/backup-index.js';

/** Above this a full check of the indexes takes minutes: SQLite's quick check has to do, and rows are not counted. */
const LARGE_BYTES = 1024 ** 3;

/**
 * What SQLite finds wrong with a database file, in words; `undefined` when it is sound.
 *
 * @param access A reader of a database in WAL mode leaves `-wal` and `-shm` beside it; a `writer` takes them away on closing.
 */
export function findDamage(path: string, access: 'reader' | 'writer' = 'reader'): string | undefined {
  try {
    return withDatabase(path, access, (db) => {
      const verdict: unknown = db.pragma(isLarge(path) ? 'quick_check(1)' : 'integrity_check(1)', { simple: true });
      return verdict === 'ok' ? undefined : `integrity check: ${String(verdict)}`;
    });
  } catch (error) {
    if (error instanceof BetterSqlite3.SqliteError) return `${error.message} (${error.code})`;
    throw error;
  }
}

/** Schema version of a database file, and the rows of its tables (`null` when it is too large to count). */
export function describeDatabase(path: string): {
  readonly userVersion: number;
  readonly tables: readonly TableRows[] | null;
} {
  return withDatabase(path, 'reader', (db) => ({
    userVersion: Number(db.pragma('user_version', { simple: true })),
    tables: isLarge(path) ? null : countRows(db),
  }));
}

function countRows(db: Database): readonly TableRows[] {
  const names = db
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .pluck()
    .all();
  return names.flatMap((table) => {
    try {
      const rows =
        db
          .prepare<[], number>(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
          .pluck()
          .get() ?? 0;
      return [{ table, rows }];
    } catch {
      // A virtual table of an extension that is not loaded here: it is copied, and not counted.
      return [];
    }
  });
}

function withDatabase<T>(path: string, access: 'reader' | 'writer', read: (db: Database) => T): T {
  const db = new BetterSqlite3(path, { readonly: access === 'reader', fileMustExist: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

function isLarge(path: string): boolean {
  return statSync(path).size > LARGE_BYTES;
}
