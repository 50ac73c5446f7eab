import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { dump, fingerprint, writeValues } from '../backup/rig.js';
import { acknowledged, backUp, dataPath, errorOf, startStill, startWriters } from './backup-rig.js';
import { app, startRig, until } from './rig.js';

test('a backup under load restores bit-exact rows, and what ran before runs again', async (t) => {
  const rig = await startWriters(t);
  assert.equal((await rig.sigctl(['mode', 'full'])).exitCode, 0);
  await until(() => acknowledged(rig, 'one') > 200 && acknowledged(rig, 'two') > 200);
  const before = { one: acknowledged(rig, 'one'), two: acknowledged(rig, 'two') };
  const backup = await backUp(rig);
  assert.equal((await rig.sigctl(['stop', 'website'])).exitCode, 0);
  await until(() => acknowledged(rig, 'one') > before.one + 100);

  const run = await rig.sigctl(['restore', backup, '--yes', '--json']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  const result = JSON.parse(run.stdout);
  assert.deepEqual(
    result.plan.replace.map((file: { name: string }) => file.name),
    ['data/one.db', 'data/two.db', 'status.db'],
  );
  assert.deepEqual(
    result.started.map((outcome: { key: string; kind: string }) => [outcome.key, outcome.kind]),
    [
      ['one', 'ready'],
      ['two', 'ready'],
    ],
  );
  const verdicts = (await rig.reports()).map((report) => [report.key, report.verdict]);
  assert.deepEqual(verdicts, [
    ['one', 'healthy'],
    ['two', 'healthy'],
    ['website', 'stopped'],
  ]);

  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  for (const name of ['one', 'two'] as const) {
    const db = new BetterSqlite3(dataPath(rig, name));
    db.prepare('ATTACH ? AS copy').run(join(backup, 'data', `${name}.db`));
    const last = Number(db.prepare('SELECT max(n) FROM copy.a').pluck().get());
    assert.ok(last >= before[name], `${name}: ${last} in the backup, ${before[name]} acknowledged before it`);
    for (const table of ['a', 'b']) {
      // The service has written on since it was started again: what it wrote lies behind the last row of the backup.
      const count = (sql: string) => db.prepare(sql).pluck().get();
      assert.equal(count(`SELECT count(*) FROM (SELECT * FROM copy.${table} EXCEPT SELECT * FROM main.${table})`), 0);
      assert.equal(count(`SELECT count(*) FROM main.${table} WHERE n <= ${last}`), last);
    }
    db.close();
  }

  // With nothing running, the restored databases hold the rows of the backup and no other.
  const again = await rig.sigctl(['restore', backup, '--yes']);
  assert.equal(again.exitCode, 0, again.stderr);
  for (const name of ['one', 'two']) assert.equal(dump(dataPath(rig, name)), dump(join(backup, 'data', `${name}.db`)));
  assert.ok((await rig.reports()).every((report) => report.verdict === 'stopped'));
  assert.match((await rig.sigctl(['mode'])).stdout, /\* full/);
  assert.deepEqual(
    readdirSync(rig.home).filter((name) => name.startsWith('restore-')),
    [],
  );
});

test('a corrupt or half-copied backup is refused while the services run on, and nothing changes', async (t) => {
  const rig = await startStill(t);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('website');
  const refuse = async (expected: string, damage: (folder: string) => void) => {
    const folder = await backUp(rig);
    damage(folder);
    const before = fingerprint(join(rig.home, 'data'));
    const run = await rig.sigctl(['restore', folder, '--yes', '--json']);
    assert.notEqual(run.exitCode, 0);
    assert.equal(errorOf(run).code, expected);
    assert.equal(fingerprint(join(rig.home, 'data')), before);
    assert.equal(rig.pid('website'), pid);
  };
  await refuse('BACKUP_INCOMPLETE', (folder) => rmSync(join(folder, 'index.json')));
  await refuse('BACKUP_FILE_TRUNCATED', (folder) => truncateSync(join(folder, 'data/one.db'), 100));
  await refuse('BACKUP_FILE_CORRUPT', (folder) => {
    const path = join(folder, 'data/one.db');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x41, 5_000, 5_001));
  });
  rig.writeManifest({ apps: [app('website', 'idle.mjs')], sigctl: { name: 'other' } });
  await refuse('BACKUP_OTHER_STACK', () =>
    rig.writeManifest({ apps: [app('website', 'idle.mjs')], sigctl: { name: 'demo' } }),
  );
});

test('a database that is open in a stranger is not replaced: the old state stands, and the services run again', async (t) => {
  const rig = await startStill(t);
  const backup = await backUp(rig);
  writeValues(dataPath(rig, 'two'), ['newer']);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const holder = new BetterSqlite3(dataPath(rig, 'two'));
  t.after(() => holder.close());
  holder.prepare('SELECT * FROM t').get();
  const run = await rig.sigctl(['restore', backup, '--yes', '--json']);
  assert.equal(run.exitCode, 1);
  assert.equal(errorOf(run).code, 'DATABASE_IN_USE');
  assert.match(errorOf(run).message, new RegExp(`pid ${process.pid} .*the state from before stands\\)$`));
  assert.deepEqual(holder.prepare('SELECT * FROM t').all(), [{ value: 'newer' }]);
  assert.equal((await rig.report('website')).verdict, 'healthy');
  assert.deepEqual(
    readdirSync(rig.home).filter((name) => name.startsWith('restore-')),
    [],
  );
});

test('a damaged or lost status table is mended by a restore', async (t) => {
  const rig = await startStill(t);
  const backup = await backUp(rig);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  writeFileSync(join(rig.home, 'status.db'), 'no database at all'.repeat(1_000));
  assert.equal((await rig.sigctl(['status'])).exitCode, 4);
  const run = await rig.sigctl(['restore', backup, '--yes']);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.equal((await rig.sigctl(['status'])).exitCode, 0);
  rmSync(rig.home, { recursive: true });
  assert.equal((await rig.sigctl(['restore', backup, '--yes'])).exitCode, 0);
  assert.match((await rig.sigctl(['mode'])).stdout, /\* full/);
  assert.equal(dump(dataPath(rig, 'one')), dump(join(backup, 'data/one.db')));
});

test('a status table that was cut off to nothing under running services is mended by a restore', async (t) => {
  const rig = await startRig(t, { apps: [app('beats', 'heartbeat.py', { sigctl: { ready: { heartbeat: true } } })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const backup = await backUp(rig);
  await until(() => existsSync(join(rig.home, 'status.db-wal')));
  // With the service's connection open, SQLite calls the empty file locked.
  truncateSync(join(rig.home, 'status.db'));
  const status = await rig.sigctl(['status', '--json']);
  assert.equal(status.exitCode, 4);
  assert.equal(errorOf(status).code, 'DATABASE_BROKEN');
  const run = await rig.sigctl(['restore', backup, '--yes']);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.equal((await rig.report('beats')).verdict, 'healthy');
});

test('a service that does not start with the restored data: the old databases are kept, and --undo brings them back', async (t) => {
  const rig = await startStill(t);
  const backup = await backUp(rig);
  writeValues(dataPath(rig, 'one'), ['newer']);
  const old = dump(dataPath(rig, 'one'));
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const manifest = (script: string) => rig.writeManifest({ apps: [app('website', script)], sigctl: { name: 'demo' } });
  manifest('crashes-at-once.mjs');
  const run = await rig.sigctl(['restore', backup, '--yes']);
  assert.equal(run.exitCode, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /are kept in .*restore-.*sigctl restore --undo/);
  assert.equal(dump(dataPath(rig, 'one')), dump(join(backup, 'data/one.db')));
  manifest('idle.mjs');
  const undo = await rig.sigctl(['restore', '--undo']);
  assert.equal(undo.exitCode, 0, undo.stderr);
  assert.equal(dump(dataPath(rig, 'one')), old);
  assert.equal((await rig.report('website')).verdict, 'healthy');
});

test('usage: without a terminal --yes is needed, without a backup the newest is named, --dry-run changes nothing', async (t) => {
  const rig = await startStill(t);
  assert.match(errorOf(await rig.sigctl(['restore', '--json'])).hint, /sigctl backup/);
  const backup = await backUp(rig);
  const before = fingerprint(join(rig.home, 'data'));
  const unsure = await rig.sigctl(['restore', backup, '--json']);
  assert.equal(unsure.exitCode, 2);
  assert.deepEqual(
    [errorOf(unsure).code, errorOf(unsure).hint],
    ['CONFIRMATION_REQUIRED', `If you are sure: sigctl restore ${backup} --yes`],
  );
  const unnamed = await rig.sigctl(['restore', '--json']);
  assert.equal(unnamed.exitCode, 2);
  assert.match(errorOf(unnamed).hint, /sigctl restore demo-/);
  const dry = await rig.sigctl(['restore', backup, '--dry-run']);
  assert.equal(dry.exitCode, 0);
  assert.match(dry.stdout, /replace {2}data\/one\.db \(\d+ KB\), data\/two\.db/);
  assert.equal(JSON.parse((await rig.sigctl(['restore', backup, '--dry-run', '--json'])).stdout).plan.backup, backup);
  assert.equal((await rig.sigctl(['restore', '--undo', backup])).exitCode, 2);
  assert.match((await rig.sigctl(['restore', '--undo'])).stdout, /nothing to undo/);
  assert.equal(fingerprint(join(rig.home, 'data')), before);
});

test('backup: --to, --keep, refusals and help', async (t) => {
  const rig = await startStill(t);
  const target = join(rig.root, 'elsewhere');
  for (let round = 0; round < 3; round++) {
    assert.equal((await rig.sigctl(['backup', '--to', 'elsewhere', '--keep', '2'])).exitCode, 0);
  }
  assert.equal(readdirSync(target).length, 2);
  assert.equal((await rig.sigctl(['backup', '--keep', '0'])).exitCode, 2);
  const inside = await rig.sigctl(['backup', '--to', '.sigctl/backups', '--json']);
  assert.deepEqual([inside.exitCode, errorOf(inside).code], [2, 'BACKUP_TARGET_INVALID']);
  for (const command of ['backup', 'restore']) {
    const help = await rig.sigctl([command, '--help']);
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, /Examples:\n {2}sigctl /);
    assert.match(help.stdout, /Exit codes: 0/);
  }
});
