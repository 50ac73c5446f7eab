import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { SigctlError } from '../../src/errors.js';
import { LATEST_MIGRATION, type Migration, migrate, readMigrations, readVersion } from '../../src/store/migrate.js';
import { openStatusDb } from '../../src/store/open.js';
import { readStatuses } from '../../src/store/service-status.js';
import { bundleFixtures, run, tempFolder } from '../service/rig.js';

const codeOf = (error: unknown) => (error instanceof SigctlError ? error.code : error);
const failsWith = (code: string) => (error: unknown) => {
  assert.equal(codeOf(error), code);
  assert.equal(error instanceof SigctlError && error.exitCode, 4);
  return true;
};

test('LATEST_MIGRATION is the number of the newest .sql file, and the numbers have no gap', () => {
  const folder = fileURLToPath(new URL('../../src/store/migrations', import.meta.url));
  assert.deepEqual(
    readMigrations().map((migration) => migration.version),
    Array.from({ length: LATEST_MIGRATION }, (_, index) => index + 1),
  );
  assert.equal(readdirSync(folder).length, LATEST_MIGRATION);
});

test('openStatusDb() makes a new database with its folder, in WAL mode, and records each migration', (t) => {
  const path = join(tempFolder(t), 'deep', 'status.db');
  const db = openStatusDb(path);
  t.after(() => db.close());
  assert.equal(readVersion(db), LATEST_MIGRATION);
  assert.equal(db.pragma('journal_mode', { simple: true }), 'wal');
  assert.deepEqual(db.prepare('SELECT version, name FROM migrations').all(), [
    { version: 1, name: 'status' },
    { version: 2, name: 'watchdog' },
  ]);
  assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
});

test('openStatusDb() writes nothing, and reads no migration, when the database is up to date', (t) => {
  const path = join(tempFolder(t), 'status.db');
  openStatusDb(path).close();
  const first = openStatusDb(path);
  t.after(() => first.close());
  const before = first.pragma('data_version', { simple: true });
  openStatusDb(path).close();
  assert.equal(first.pragma('data_version', { simple: true }), before);
  migrate(first, () => assert.fail('read the migrations'));
});

test('openStatusDb() refuses a database of a newer sigctl, and leaves it as it is', (t) => {
  const path = join(tempFolder(t), 'status.db');
  const db = openStatusDb(path);
  t.after(() => db.close());
  db.pragma(`user_version = ${LATEST_MIGRATION + 1}`);
  assert.throws(() => openStatusDb(path), failsWith('DATABASE_TOO_NEW'));
  assert.throws(() => openStatusDb(path, { readonly: true }), failsWith('DATABASE_TOO_NEW'));
  assert.equal(readVersion(db), LATEST_MIGRATION + 1);
});

test('openStatusDb() says what is broken about a file that is no database, and about a folder', (t) => {
  const folder = tempFolder(t);
  const path = join(folder, 'status.db');
  writeFileSync(path, 'not a database'.repeat(100));
  assert.throws(() => openStatusDb(path), failsWith('DATABASE_BROKEN'));
  assert.throws(() => openStatusDb(folder), failsWith('DATABASE_BROKEN'));
});

test('openStatusDb() readonly neither creates nor migrates, and reads what others have written', (t) => {
  const path = join(tempFolder(t), 'status.db');
  assert.throws(() => openStatusDb(path, { readonly: true }), failsWith('DATABASE_BROKEN'));
  new BetterSqlite3(path).exec('CREATE TABLE other (id INTEGER)').close();
  assert.throws(() => openStatusDb(path, { readonly: true }), failsWith('DATABASE_TOO_OLD'));
  openStatusDb(path).close();
  const reader = openStatusDb(path, { readonly: true });
  t.after(() => reader.close());
  assert.deepEqual(readStatuses(reader), []);
  assert.throws(() => reader.exec('DELETE FROM service_status'), /readonly/);
});

test('migrate() leaves nothing of a migration that fails half-way', (t) => {
  const db = new BetterSqlite3(join(tempFolder(t), 'status.db'));
  t.after(() => db.close());
  const broken: Migration = {
    version: 1,
    name: 'broken',
    sql: 'CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER);',
  };
  assert.throws(() => migrate(db, () => [broken]), /already exists/);
  assert.equal(readVersion(db), 0);
  assert.deepEqual(db.prepare('SELECT name FROM sqlite_schema').all(), []);
});

test('openStatusDb() reports a database that stays locked as DATABASE_LOCKED', (t) => {
  const path = join(tempFolder(t), 'status.db');
  const holder = new BetterSqlite3(path);
  t.after(() => holder.close());
  holder.exec('BEGIN EXCLUSIVE');
  assert.throws(() => openStatusDb(path), failsWith('DATABASE_LOCKED'));
});

test('64 processes that open a new database at the same moment all succeed, from a bundle', async (t) => {
  const { folder, remove } = await bundleFixtures('open-database');
  t.after(remove);
  const path = join(tempFolder(t), 'status.db');
  const atMs = String(Date.now() + 8_000);
  const openers = Array.from({ length: 64 }, (_, index) =>
    run(t, [process.execPath, join(folder, 'open-database.mjs'), path, atMs, `service-${index}`], { env: {} }),
  );
  const exits = await Promise.all(openers.map((opener) => opener.exit));
  assert.deepEqual(new Set(exits.map((exit) => exit.code)), new Set([0]));
  const db = openStatusDb(path, { readonly: true });
  t.after(() => db.close());
  assert.equal(readStatuses(db).length, 64);
  assert.equal(db.prepare('SELECT count(*) FROM migrations').pluck().get(), LATEST_MIGRATION);
});
