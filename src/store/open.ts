import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { SigctlError } from '../errors.js';
import { databaseTooNew, databaseTooOld, isBusy, openFailure } from './database-errors.js';
import { LATEST_MIGRATION, migrate, readVersion } from './migrate.js';

/** An open status database. Synchronous: no `await` inside a transaction. */
export type StatusDb = Database;

/** How long one statement waits for another writer. A write takes well under a millisecond, so 10 s means: something is stuck. */
const BUSY_TIMEOUT_MS = 10_000;

/** SQLite may refuse the switch to WAL without waiting, while others open the same new file: so it is tried for those 10 s here. */
const WAL_PAUSE_MS = 25;
const WAL_TRIES = BUSY_TIMEOUT_MS / WAL_PAUSE_MS;

/**
 * Opens `status.db`, creates it where missing, and brings it to the newest version. Writes nothing when it is up to date.
 * Any number of processes may open the same new file at once. `readonly` neither creates nor migrates.
 *
 * @throws {SigctlError} `DATABASE_TOO_NEW`, `DATABASE_TOO_OLD` (readonly), `DATABASE_LOCKED` or `DATABASE_BROKEN`, all exit 4.
 */
export function openStatusDb(
  path: string,
  options: { readonly readonly?: boolean; readonly busyTimeoutMs?: number } = {},
): StatusDb {
  const readonly = options.readonly ?? false;
  let db: StatusDb | undefined;
  try {
    if (!readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    db = new BetterSqlite3(path, {
      readonly,
      fileMustExist: readonly,
      timeout: options.busyTimeoutMs ?? (readonly ? BUSY_TIMEOUT_MS : 0),
    });
    if (readonly) requireVersion(db);
    else prepareForWriting(db);
    return db;
  } catch (error) {
    db?.close();
    throw openFailure(path, error);
  }
}

/**
 * For whoever only looks: the same database without what only a writer needs. Where that is not possible (an older version, a folder
 * of somebody else) it is opened as always.
 *
 * @throws As `openStatusDb`.
 */
export function openStatusDbToLook(path: string): StatusDb {
  try {
    return openStatusDb(path, { readonly: true });
  } catch (error) {
    if (error instanceof SigctlError && error.code === 'DATABASE_LOCKED') throw error;
    return openStatusDb(path);
  }
}

function prepareForWriting(db: StatusDb): void {
  switchToWal(db);
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // WAL with NORMAL survives a killed process whole; a power cut may take the last heartbeats and exits, but nothing that a command
  // has acknowledged (`syncDatabase`).
  db.pragma('synchronous = NORMAL');
  migrate(db);
  db.pragma('foreign_keys = ON');
}

function requireVersion(db: StatusDb): void {
  const version = readVersion(db);
  if (version > LATEST_MIGRATION) throw databaseTooNew(db.name, version, LATEST_MIGRATION);
  if (version < LATEST_MIGRATION) throw databaseTooOld(db.name, version, LATEST_MIGRATION);
}

/** The journal mode is a property of the file, so this writes once in the life of a database. */
function switchToWal(db: StatusDb): void {
  for (let attempt = 1; ; attempt++) {
    try {
      if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === WAL_TRIES) throw error;
      pause(WAL_PAUSE_MS);
    }
  }
}

/** Blocks this thread: opening is synchronous, and there is nothing else to do meanwhile. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
