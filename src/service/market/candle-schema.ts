import type { Database } from 'better-sqlite3';
import { databaseTooNew } from '../../store/database-errors.js';

/**
 * Migrations of `market.db`, in order; entry 0 leads to `user_version` 1. Never edited after a release.
 * They are strings and not files, so that a bundled service carries them.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE candles (
     symbol      TEXT    NOT NULL,
     interval_s  INTEGER NOT NULL,
     source      TEXT    NOT NULL,
     open_at_ms  INTEGER NOT NULL,
     open        TEXT    NOT NULL,
     high        TEXT    NOT NULL,
     low         TEXT    NOT NULL,
     close       TEXT    NOT NULL,
     volume      TEXT    NOT NULL,
     trades      INTEGER NOT NULL,
     as_of_ms    INTEGER NOT NULL,
     seq         INTEGER NOT NULL UNIQUE,
     generation  INTEGER NOT NULL,
     PRIMARY KEY (symbol, interval_s, source, open_at_ms)
   ) STRICT;
   CREATE INDEX candles_by_seq ON candles (symbol, interval_s, source, seq);
   -- One row: who may write. A writer with an older generation changes nothing.
   CREATE TABLE writer (
     id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
     generation INTEGER NOT NULL,
     holder     TEXT    NOT NULL
   ) STRICT;
   INSERT INTO writer (id, generation, holder) VALUES (1, 0, '');`,
];

/** The newest `user_version` of `market.db`. */
export const CANDLES_VERSION = MIGRATIONS.length;

/** Brings a connection's file to the newest schema. @throws {SigctlError} DATABASE_TOO_NEW */
export function migrateCandles(db: Database): void {
  if (readVersion(db) === MIGRATIONS.length) return;
  db.transaction(() => {
    // Read again under the write lock: another process may have migrated while this one waited for it.
    for (const sql of MIGRATIONS.slice(readVersion(db))) db.exec(sql);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  }).immediate();
}

/** The schema version of the file; 0 while it is empty. @throws {SigctlError} DATABASE_TOO_NEW */
export function readVersion(db: Database): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) throw databaseTooNew(db.name, version, MIGRATIONS.length);
  return version;
}
