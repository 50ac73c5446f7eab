import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { pruneBackups } from '../../src/backup/prune-backups.js';
import { verifyBackup } from '../../src/backup/verify-backup.js';
import { dump, startBackupRig, startWriter } from './rig.js';

const LIMITS = { stack: 'demo', knownVersions: {} };

test('a backup holds every database that is there, the manifest and an index, readable by its owner alone', async (t) => {
  const rig = startBackupRig(t);
  rig.write('data/market.db', ['one', 'two'], 7);
  rig.write('data/of-a-service-to-come.db', ['three']);
  writeFileSync(rig.path('data/notes.txt'), 'no database');
  const { folder, index } = await rig.backUp();
  assert.match(basename(folder), /^demo-\d{8}T\d{9}Z$/);
  assert.deepEqual(
    index.databases.map(({ name, userVersion, wal, tables }) => ({
      name,
      userVersion,
      wal,
      rows: tables?.find(({ table }) => table === 't')?.rows,
    })),
    [
      { name: 'data/market.db', userVersion: 7, wal: true, rows: 2 },
      { name: 'data/of-a-service-to-come.db', userVersion: 1, wal: true, rows: 1 },
      { name: 'status.db', userVersion: index.databases[2]?.userVersion, wal: true, rows: undefined },
    ],
  );
  assert.equal(index.mode, 'full');
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), [
    'data',
    'data/market.db',
    'data/of-a-service-to-come.db',
    'index.json',
    'manifest',
    'manifest/ecosystem.config.cjs',
    'status.db',
  ]);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const { mode } = statSync(join(folder, name));
    assert.equal(mode & 0o077, 0, name);
  }
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(dump(join(folder, 'data/market.db')), dump(rig.path('data/market.db')));
  await verifyBackup(folder, LIMITS, () => undefined);
});

test('under load from several processes a backup is one point in time, with every row that was acknowledged before it', async (t) => {
  const rig = startBackupRig(t);
  const path = rig.path('data/load.db');
  const writers = await Promise.all(['one', 'two', 'three'].map((name) => startWriter(t, path, name)));
  for (let round = 0; round < 5; round++) {
    const before = writers.map((writer) => writer.committed());
    const { folder } = await rig.backUp();
    const copy = new BetterSqlite3(join(folder, 'data/load.db'), { readonly: true });
    try {
      const differing = copy
        .prepare('SELECT count(*) FROM (SELECT writer, n FROM a EXCEPT SELECT writer, n FROM b) ')
        .pluck()
        .get();
      assert.equal(differing, 0, 'a transaction is in the copy by half');
      assert.equal(
        copy.prepare('SELECT count(*) FROM (SELECT writer, n FROM b EXCEPT SELECT writer, n FROM a)').pluck().get(),
        0,
      );
      for (const [index, writer] of ['one', 'two', 'three'].entries()) {
        const { rows, last } = copy
          .prepare('SELECT count(*) AS rows, max(n) AS last FROM a WHERE writer = ?')
          .get(writer) as { rows: number; last: number };
        assert.equal(rows, last, `writer ${writer} has a gap`);
        assert.ok(
          last >= (before[index] ?? 0),
          `writer ${writer}: ${last} in the copy, ${before[index]} acknowledged before it`,
        );
      }
    } finally {
      copy.close();
    }
  }
  const during = writers.map((writer) => writer.committed());
  await Promise.all(writers.map((writer) => writer.stop()));
  assert.ok(during.every((count) => count > 0));
});

test('an empty database file and one in rollback mode are backed up as they are', async (t) => {
  const rig = startBackupRig(t);
  writeFileSync(rig.path('data/empty.db'), '');
  const db = new BetterSqlite3(rig.path('data/rollback.db'));
  db.exec(`CREATE TABLE "odd ""name" (x); INSERT INTO "odd ""name" VALUES (x'00ff')`);
  db.close();
  const { folder, index } = await rig.backUp();
  const found = index.databases.find(({ name }) => name === 'data/rollback.db');
  assert.deepEqual([found?.wal, found?.tables], [false, [{ table: 'odd "name', rows: 1 }]]);
  await verifyBackup(folder, LIMITS, () => undefined);
});

test('a stack without a database is refused, and so is a target inside its state, also through a link', async (t) => {
  const rig = startBackupRig(t);
  await assert.rejects(rig.backUp({ target: rig.path('backups') }), { code: 'BACKUP_TARGET_INVALID', exitCode: 2 });
  symlinkSync(rig.home, join(rig.root, 'link'));
  await assert.rejects(rig.backUp({ target: join(rig.root, 'link', 'deep/er') }), { code: 'BACKUP_TARGET_INVALID' });
  assert.deepEqual(readdirSync(rig.home).sort(), ['data', 'status.db']);
  const empty = join(rig.root, 'empty');
  mkdirSync(empty);
  await assert.rejects(rig.backUp({ home: empty }), { code: 'BACKUP_NOTHING', exitCode: 1 });
});

test('a target that cannot be made is one clear refusal', async (t) => {
  const rig = startBackupRig(t);
  writeFileSync(join(rig.root, 'file'), '');
  await assert.rejects(rig.backUp({ target: join(rig.root, 'file', 'sub') }), { code: 'BACKUP_TARGET_NOT_WRITABLE' });
});

test('a target that may not be written is refused, and nothing is left behind', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  const rig = startBackupRig(t);
  const target = join(rig.root, 'locked');
  mkdirSync(target, { mode: 0o500 });
  t.after(() => chmodSync(target, 0o700));
  await assert.rejects(rig.backUp({ target: join(target, 'sub') }), { code: 'BACKUP_TARGET_NOT_WRITABLE' });
  assert.deepEqual(readdirSync(target), []);
});

test('a disk that becomes full is refused as such, and no half-made folder stays', async (t) => {
  const rig = startBackupRig(t);
  const target = join(rig.root, 'small');
  mkdirSync(target);
  if (!mountSmall(target)) return t.skip('a tmpfs cannot be mounted here');
  try {
    rig.write(
      'data/market.db',
      Array.from({ length: 4_000 }, (_, index) => `${index}`.padEnd(1_000, 'x')),
    );
    await assert.rejects(rig.backUp({ target: join(target, 'deep') }), { code: 'BACKUP_DISK_FULL', exitCode: 1 });
    assert.deepEqual(readdirSync(target), []);
  } finally {
    execFileSync('umount', [target]);
  }
});

function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or a container that may not mount.
    return false;
  }
}

test('a damaged database is named, and no half-made folder stays', async (t) => {
  const rig = startBackupRig(t);
  writeFileSync(rig.path('data/broken.db'), 'this is no database, however long it is'.repeat(500));
  await assert.rejects(rig.backUp(), (error: Error & { code: string }) => {
    assert.equal(error.code, 'DATABASE_BROKEN');
    assert.match(error.message, /data\/broken\.db/);
    return true;
  });
  assert.equal(existsSync(rig.target), false);
});

test('Ctrl-C ends a backup, and nothing is left behind', async (t) => {
  const rig = startBackupRig(t);
  rig.write('data/market.db', ['one']);
  await assert.rejects(rig.backUp({ signal: AbortSignal.abort() }), { code: 'BACKUP_INTERRUPTED' });
  assert.equal(existsSync(rig.target), false);
});

test('keep removes the oldest complete backups of this stack, and nothing else', async (t) => {
  const rig = startBackupRig(t);
  const made: string[] = [];
  for (const at of [1, 2, 3, 4]) made.push((await rig.backUp({ nowMs: () => at * 1_000 })).folder);
  const other = (await rig.backUp({ stack: 'other', nowMs: () => 1 })).folder;
  const half = join(rig.target, 'demo-19700101T000000000Z');
  mkdirSync(half);
  writeFileSync(join(half, 'status.db'), 'half');
  const damaged = made[0] ?? '';
  writeFileSync(
    join(damaged, 'index.json'),
    readFileSync(join(damaged, 'index.json'), 'utf8').replace('"full"', '"fool"'),
  );
  const foreign = join(rig.target, 'holiday pictures');
  mkdirSync(foreign);
  const newest = (await rig.backUp({ nowMs: () => 500 })).folder;
  // The clock was set back: the one just made stays all the same.
  assert.deepEqual(pruneBackups({ stack: 'demo', made: newest, keep: 2 }), [made[1], made[2]]);
  assert.deepEqual(
    readdirSync(rig.target).sort(),
    [damaged, made[3], other, half, foreign, newest].map((path) => basename(path ?? '')).sort(),
  );
});
