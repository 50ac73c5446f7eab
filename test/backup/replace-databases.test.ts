import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { findRestores, requireNoUnfinishedRestore } from '../../src/backup/find-restores.js';
import { replaceDatabases, undoReplace } from '../../src/backup/replace-databases.js';
import { dropEarlyRestores, makeRestoreFolder, writeJournal } from '../../src/backup/restore-folder.js';
import { stageRestore } from '../../src/backup/stage-restore.js';
import { verifyBackup } from '../../src/backup/verify-backup.js';
import type { RestoreJournal } from '../../src/core/restore-journal.js';
import { type BackupRig, dump, fingerprint, startBackupRig } from './rig.js';

const JOURNAL: RestoreJournal = {
  schemaVersion: 1,
  phase: 'stopping',
  backup: '/backups/one',
  startedAtMs: 1_000,
  services: ['trading'],
  files: [],
};
const LIMITS = { stack: 'demo', knownVersions: {} };

/** A backup of two databases, staged beside live ones that have other rows, one of them with all its side files. */
async function stageOver(rig: BackupRig) {
  rig.write('data/market.db', ['backed up']);
  rig.write('data/trading.db', ['backed up']);
  const backup = await rig.backUp();
  const wanted = ['data/market.db', 'data/trading.db', 'status.db'].map((name) => dump(join(backup.folder, name)));
  rig.write('data/market.db', ['newer', 'rows']);
  rig.write('data/trading.db', ['newer', 'rows']);
  leaveSideFiles(rig.path('data/market.db'));
  const folder = makeRestoreFolder(rig.home, 2_000);
  const verified = await verifyBackup(backup.folder, LIMITS, () => undefined);
  await stageRestore(verified, folder, { onStep: () => undefined, signal: new AbortController().signal });
  const names = backup.index.databases.map(({ name }) => name);
  return { folder, names, wanted, dumps: () => names.map((name) => dump(rig.path(name))) };
}

/** What a writer that was killed leaves: frames in the WAL that are not in the database yet. */
function leaveSideFiles(path: string): void {
  const db = new BetterSqlite3(path);
  db.exec(`INSERT INTO t VALUES ('only in the WAL')`);
  const [wal, shm] = [readFileSync(`${path}-wal`), readFileSync(`${path}-shm`)];
  const main = readFileSync(path);
  db.close();
  writeFileSync(path, main);
  writeFileSync(`${path}-wal`, wal);
  writeFileSync(`${path}-shm`, shm);
  writeFileSync(`${path}-journal`, '');
}

test('a restored database never meets the -wal, -shm and -journal of the old one', async (t) => {
  const rig = startBackupRig(t);
  const { folder, names, wanted, dumps } = await stageOver(rig);
  replaceDatabases(rig.home, folder, { names, journal: JOURNAL, onJournal: () => undefined });
  assert.deepEqual(readdirSync(rig.path('data')).sort(), ['market.db', 'trading.db']);
  assert.deepEqual(dumps(), wanted);
  assert.deepEqual(readdirSync(join(folder.aside, 'data')).sort(), [
    'market.db',
    'market.db-journal',
    'market.db-shm',
    'market.db-wal',
    'trading.db',
  ]);
  const db = new BetterSqlite3(rig.path('data/market.db'), { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma('journal_mode', { simple: true }), 'wal');
});

test('undo brings every old file back bit for bit, however often it is repeated', async (t) => {
  const rig = startBackupRig(t);
  const { folder, names } = await stageOver(rig);
  const before = fingerprint(rig.path('data'));
  let journal = JOURNAL;
  replaceDatabases(rig.home, folder, {
    names,
    journal,
    onJournal: (replacing) => {
      journal = replacing;
    },
  });
  assert.notEqual(fingerprint(rig.path('data')), before);
  for (let round = 0; round < 2; round++) {
    undoReplace(rig.home, folder, journal);
    assert.equal(fingerprint(rig.path('data')), before);
  }
});

test('a fault in the middle of the replacement is undone bit for bit, and a database that is new goes', async (t) => {
  const rig = startBackupRig(t);
  const { folder, names } = await stageOver(rig);
  rmSync(rig.path('data/trading.db'));
  const before = fingerprint(rig.path('data'));
  rmSync(join(folder.incoming, 'status.db'));
  let journal = JOURNAL;
  assert.throws(
    () =>
      replaceDatabases(rig.home, folder, {
        names,
        journal,
        onJournal: (replacing) => {
          journal = replacing;
        },
      }),
    { code: 'ENOENT' },
  );
  assert.equal(existsSync(rig.path('data/trading.db')), true, 'the fault came in the middle');
  undoReplace(rig.home, folder, journal);
  assert.equal(fingerprint(rig.path('data')), before);
});

test('a staged file that is damaged is noticed in place', async (t) => {
  const rig = startBackupRig(t);
  const { folder, names } = await stageOver(rig);
  writeFileSync(join(folder.incoming, 'data/market.db'), 'no database'.repeat(1_000));
  assert.throws(
    () => replaceDatabases(rig.home, folder, { names, journal: JOURNAL, onJournal: () => undefined }),
    /damaged in place/,
  );
});

test('while old and new may be mixed every other command is refused; a restore that never began to replace is forgotten', (t) => {
  const rig = startBackupRig(t);
  const folder = makeRestoreFolder(rig.home, 1_000);
  requireNoUnfinishedRestore(rig.home);
  assert.deepEqual(findRestores(rig.home), [], 'without a journal it counts for nothing');
  writeJournal(folder, { ...JOURNAL, phase: 'replacing' });
  assert.throws(() => requireNoUnfinishedRestore(rig.home), { code: 'RESTORE_UNFINISHED', exitCode: 4 });
  assert.deepEqual(dropEarlyRestores(rig.home), []);
  writeJournal(folder, JOURNAL);
  requireNoUnfinishedRestore(rig.home);
  assert.match(dropEarlyRestores(rig.home).join(), /before it changed a database; it was stopping trading/);
  assert.equal(existsSync(folder.path), false);
});

test('a journal that cannot be read is a refusal that says what to do', (t) => {
  const rig = startBackupRig(t);
  const folder = makeRestoreFolder(rig.home, 1_000);
  writeFileSync(join(folder.path, 'journal.json'), '{"phase":');
  assert.throws(() => requireNoUnfinishedRestore(rig.home), { code: 'RESTORE_JOURNAL_INVALID', exitCode: 4 });
});
