import { statSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { isBusy } from './database-errors.js';
import { readVersion } from './migrate.js';

/** A database that somebody keeps locked for longer than this is stuck, not busy. */
const LOCK_PATIENCE_MS = 1_000;
/** As many of SQLite's complaints as help anybody. */
const MAX_PROBLEMS = 5;

/** How thorough a look is: `integrity_check` compares indexes with tables too, `quick_check` does not. */
export type CheckDepth = 'integrity_check' | 'quick_check' | 'none';

/** What a read-only look at a SQLite file shows. */
export type DatabaseReading =
  | { readonly kind: 'sound'; readonly version: number; readonly depth: CheckDepth }
  | { readonly kind: 'broken'; readonly problems: readonly string[] }
  | { readonly kind: 'empty' }
  /** A writer was killed in the middle of a transaction, which the next writer takes back. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'locked'; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Looks at a database without changing a row of it; never throws for what is wrong with it. */
export function inspectDatabase(path: string, depth: CheckDepth): DatabaseReading {
  try {
    if (statSync(path).size === 0) return { kind: 'empty' };
    return withInspection(path, (db) => inspect(db, depth));
  } catch (error) {
    return readingOf(error);
  }
}

/** Opens a database read-only, whatever its version, with a short patience for locks, and closes it again. */
export function withInspection<T>(path: string, look: (db: Database) => T): T {
  const db = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: LOCK_PATIENCE_MS });
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function inspect(db: Database, depth: CheckDepth): DatabaseReading {
  const version = readVersion(db);
  // The version stands in the first page; this reads the schema too, which is the least that must be sound.
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  if (depth === 'none') return { kind: 'sound', version, depth };
  const rows = db.pragma(`${depth}(${MAX_PROBLEMS})`);
  const texts = Array.isArray(rows) ? rows.map((row: Readonly<Record<string, unknown>>) => String(row[depth])) : [];
  // One row may hold several lines, the first of which is only a heading.
  const problems = texts.flatMap((text) => text.split('\n')).filter((line) => !line.startsWith('*** in database'));
  return problems.join() === 'ok' ? { kind: 'sound', version, depth } : { kind: 'broken', problems };
}

function readingOf(error: unknown): DatabaseReading {
  const detail = error instanceof Error ? error.message : String(error);
  if (isBusy(error)) return { kind: 'locked', detail };
  const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
  if (/^SQLITE_READONLY_(ROLLBACK|RECOVERY)/.test(code)) return { kind: 'unfinished' };
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(code)) return { kind: 'broken', problems: [detail] };
  return { kind: 'unreadable', detail };
}
