import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { databaseTooNew } from './database-errors.js';

/** The number of the newest file in `migrations/`, so that an up-to-date database is recognised without reading a file. */
export const LATEST_MIGRATION = 2;

const FIRST_FILE = '001-status.sql';

/** One numbered `.sql` file. Never edited after release. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The version of an open database: 0 for a new file, else the number of the last migration applied. One cheap read. */
export function readVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Brings a database to `LATEST_MIGRATION`. Does not write when it is already there. Any number of processes may call it at once.
 *
 * @throws {SigctlError} `DATABASE_TOO_NEW` when a newer sigctl has migrated it.
 */
export function migrate(db: Database, migrations: () => readonly Migration[] = readMigrations): void {
  const version = readVersion(db);
  if (version === LATEST_MIGRATION) return;
  if (version > LATEST_MIGRATION) throw databaseTooNew(db.name, version, LATEST_MIGRATION);
  for (const migration of migrations()) applyMigration(db, migration);
}

/** All migrations from the nearest `migrations/` folder, in order: `src/store/migrations` or, in a bundle, `dist/migrations`. */
export function readMigrations(directory: string = findMigrations()): readonly Migration[] {
  return readdirSync(directory)
    .filter((file) => /^\d{3}-.+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 3)),
      name: file.slice(4, -'.sql'.length),
      sql: readFileSync(join(directory, file), 'utf8'),
    }));
}

function applyMigration(db: Database, migration: Migration): void {
  const apply = db.transaction(() => {
    // Read again under the write lock: another process may have applied it while this one waited.
    if (readVersion(db) >= migration.version) return;
    db.exec(
      'CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
    );
    db.exec(migration.sql);
    db.prepare(`INSERT INTO migrations (version, name, applied_at) VALUES (@version, @name, datetime('now'))`).run({
      version: migration.version,
      name: migration.name,
    });
    db.pragma(`user_version = ${migration.version}`);
  });
  apply.immediate();
}

/** Bundles lie at different depths of `dist/`, so the folder is looked for upward from this module. */
function findMigrations(): string {
  const start = import.meta.dirname;
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'migrations');
    if (existsSync(join(candidate, FIRST_FILE))) return candidate;
    if (dirname(folder) === folder) throw new Error(`No folder "migrations" with "${FIRST_FILE}" above "${start}"`);
  }
}
