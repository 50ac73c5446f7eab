import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { checkDatabases } from '../../src/doctor/checks/databases.js';
import { checkWalSizes } from '../../src/doctor/checks/wal-sizes.js';
import { createFacts } from '../../src/doctor/facts.js';
import { truncateLog } from '../../src/doctor/fixes/truncate-log.js';
import { openStatusDb } from '../../src/store/open.js';
import { brief, makeDeps } from './literals.js';
import { tempFolder } from './temp-folder.js';

const FIX = { flock: undefined, show: (path: string) => path, daemonPid: () => undefined };
const MB = 1024 ** 2;

/** A project with a status table, and a service's own database of 2,000 rows with an index. */
function makeProject(t: TestContext) {
  const root = tempFolder(t);
  const deps = makeDeps(root);
  mkdirSync(deps.paths.data, { recursive: true });
  openStatusDb(deps.paths.statusDb).close();
  const own = join(deps.paths.data, 'own.db');
  const db = new BetterSqlite3(own);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE numbers (n INTEGER, word TEXT); CREATE INDEX numbers_by_word ON numbers (word);');
  const insert = db.prepare('INSERT INTO numbers VALUES (?, ?)');
  db.transaction(() => {
    for (let n = 0; n < 2_000; n++) insert.run(n, `word ${n}`);
  })();
  db.close();
  return { deps, own };
}

test('sound databases are in order, and looking changes no byte of them', (t) => {
  const { deps, own } = makeProject(t);
  const before = readFileSync(own);
  assert.deepEqual(brief(checkDatabases(deps)), ['ok OK']);
  assert.deepEqual(readFileSync(own), before);
});

test('a truncated database is broken', (t) => {
  const { deps, own } = makeProject(t);
  truncateSync(own, 10_000);
  const [finding] = checkDatabases(deps);
  assert.deepEqual(brief([finding ?? assert.fail()]), ['error DATABASE_BROKEN']);
  assert.equal(finding?.subject, '.sigctl/data/own.db');
});

test('a database with garbage in a page in its middle is broken, and the evidence quotes SQLite', (t) => {
  const { deps, own } = makeProject(t);
  const bytes = readFileSync(own);
  bytes.fill(0xff, 8_192, 12_288);
  writeFileSync(own, bytes);
  const [finding] = checkDatabases(deps);
  assert.equal(finding?.code, 'DATABASE_BROKEN');
  assert.match(finding?.evidence ?? '', /damaged \(\d+ KB\): .*(Tree|malformed|page)/);
});

test('an index that does not match its table is found', (t) => {
  const { deps, own } = makeProject(t);
  const db = new BetterSqlite3(own);
  db.unsafeMode();
  db.pragma('writable_schema = ON');
  db.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX numbers_by_word ON numbers (n)' WHERE type = 'index'`);
  db.close();
  assert.deepEqual(brief(checkDatabases(deps)), ['error DATABASE_BROKEN']);
});

test('an empty status table is an error, an empty database of a service a warning', (t) => {
  const { deps, own } = makeProject(t);
  truncateSync(deps.paths.statusDb, 0);
  truncateSync(own, 0);
  assert.deepEqual(brief(checkDatabases(deps)), ['error DATABASE_EMPTY', 'warning DATABASE_EMPTY']);
});

test('a status table of a newer sigctl is an error, and is read no further', (t) => {
  const { deps } = makeProject(t);
  const db = new BetterSqlite3(deps.paths.statusDb);
  db.pragma('user_version = 99');
  db.close();
  const [finding] = checkDatabases(deps);
  assert.equal(finding?.code, 'DATABASE_TOO_NEW');
  assert.match(finding?.evidence ?? '', /its version is 99/);
  assert.equal(deps.facts.state().kind, 'unreadable');
});

test('a database that is kept locked is said to be so, with the process that has it open', (t) => {
  const { deps, own } = makeProject(t);
  const holder = new BetterSqlite3(own);
  t.after(() => holder.close());
  holder.pragma('journal_mode = DELETE');
  holder.exec('BEGIN EXCLUSIVE');
  const [finding] = checkDatabases(deps);
  assert.equal(finding?.code, 'DATABASE_LOCKED');
  assert.match(finding?.evidence ?? '', new RegExp(`open in pid ${process.pid}`));
});

test('a transaction that was cut off by SIGKILL is a note: the next writer takes it back', async (t) => {
  const { deps } = makeProject(t);
  const path = join(deps.paths.data, 'journal.db');
  const code = `
    const db = new (require('better-sqlite3'))(process.argv[1]);
    db.exec('CREATE TABLE t (x); BEGIN');
    db.pragma('cache_size = 1');
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    for (let n = 0; n < 5000; n++) insert.run('x'.repeat(500));
    process.kill(process.pid, 'SIGKILL');`;
  const writer = spawn(process.execPath, ['-e', code, path], { stdio: 'ignore' });
  await once(writer, 'exit');
  assert.ok(existsSync(`${path}-journal`));
  assert.deepEqual(brief(checkDatabases(deps)), ['info DATABASE_NOT_CHECKED']);
  new BetterSqlite3(path).exec('INSERT INTO t VALUES (1)').close();
  assert.deepEqual(brief(checkDatabases(deps)), ['ok OK']);
});

test('a folder in place of a database is a finding, not a crash', (t) => {
  const { deps } = makeProject(t);
  mkdirSync(join(deps.paths.data, 'odd.db'));
  assert.deepEqual(brief(checkDatabases(deps)), ['error DATABASE_UNREADABLE']);
});

test('an impossible row of the status table is a warning that names it, and costs no other row', (t) => {
  const { deps } = makeProject(t);
  const db = openStatusDb(deps.paths.statusDb);
  const insert = db.prepare(
    `INSERT INTO service_status (service, state, heartbeat_at_ms, detail_json) VALUES (?, 'running', 1, ?)`,
  );
  insert.run('good', null);
  insert.run('bad', 'no json');
  db.close();
  const [finding] = checkDatabases(deps);
  assert.equal(finding?.code, 'STATUS_ROW_INVALID');
  assert.match(finding?.evidence ?? '', /bad/);
  const state = createFacts(undefined, deps.paths, Date.now).state();
  assert.deepEqual(state.kind === 'read' && state.statuses.map(({ service }) => service), ['good']);
});

/** Writes until the write-ahead log is above the limit; the connection stays open, or closing it would move the log. */
function growWal(db: Database, path: string): void {
  db.pragma('wal_autocheckpoint = 0');
  const insert = db.prepare('INSERT INTO numbers VALUES (1, ?)');
  const word = 'x'.repeat(MB);
  while (statSync(`${path}-wal`).size <= 66 * MB) insert.run(word);
}

test('a large write-ahead log is found, moved into the database, and no row is lost', (t) => {
  const { deps, own } = makeProject(t);
  const writer = new BetterSqlite3(own);
  t.after(() => writer.close());
  growWal(writer, own);
  const rows = writer.prepare('SELECT count(*) AS n FROM numbers').get();
  assert.deepEqual(brief(checkWalSizes(deps)), ['warning WAL_LARGE']);
  assert.equal(truncateLog({ kind: 'checkpoint', path: own }, FIX).kind, 'fixed');
  assert.equal(statSync(`${own}-wal`).size, 0);
  assert.deepEqual(brief(checkWalSizes(deps)), ['ok OK']);
  assert.deepEqual(writer.prepare('SELECT count(*) AS n FROM numbers').get(), rows);
});

test('a write-ahead log that a reader needs is left, and said', (t) => {
  const { own } = makeProject(t);
  const writer = new BetterSqlite3(own);
  const reader = new BetterSqlite3(own, { readonly: true });
  t.after(() => {
    reader.close();
    writer.close();
  });
  writer.exec('INSERT INTO numbers VALUES (1, 1)');
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM numbers').get();
  writer.exec('INSERT INTO numbers VALUES (2, 2)');
  const result = truncateLog({ kind: 'checkpoint', path: own }, FIX);
  assert.equal(result.kind, 'left');
  assert.match(result.detail, /reader or writer still needs the log/);
});

test('the log of a damaged database is left alone', (t) => {
  const { own } = makeProject(t);
  truncateSync(own, 10_000);
  assert.equal(truncateLog({ kind: 'checkpoint', path: own }, FIX).kind, 'left');
});
