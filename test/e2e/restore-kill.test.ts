import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { openStatusDb } from '../../src/store/open.js';
import { fingerprint, writeValues } from '../backup/rig.js';
import { backUp, dataPath, dumps, errorOf, startStill } from './backup-rig.js';
import { kill, REPO, type Rig } from './rig.js';

test('killed at a random moment, a restore leaves the old or the new state, or --undo brings the old one back', async (t) => {
  const rig = await startStill(t);
  const backup = await backUp(rig);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  for (let round = 0; round < 5; round++) {
    await rig.sigctl(['stop']);
    for (const name of ['one', 'two']) writeValues(dataPath(rig, name), [`${name} before round ${round}`]);
    assert.equal((await rig.sigctl(['start'])).exitCode, 0);
    const old = dumps(rig.home);
    const child = rig.spawn(['restore', backup, '--yes']);
    const closed = new Promise((resolve) => child.once('close', resolve));
    // Anywhere in it, before its first step and after its last one too.
    await sleep(Math.random() * 2_500);
    kill(child.pid ?? 0);
    await closed;
    await mendAndCheck(rig, old, dumps(backup));
    assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  }
});

test('killed at each of its system calls that change a file, a restore can always be mended', async (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('strace absent');
  const rig = await startStill(t);
  const backup = await backUp(rig);
  const seen = new Set<string>();
  for (const [call, step] of [
    ['rename', 1],
    ['unlink', 1],
    ['fsync', 5],
  ] as const) {
    for (let when = 1; ; when += step) {
      for (const name of ['one', 'two']) writeValues(dataPath(rig, name), [`${name} before ${call} ${when}`]);
      const old = dumps(rig.home);
      const { signal, status, stderr } = injectInto(
        rig,
        ['restore', backup, '--yes'],
        `${call}:signal=SIGKILL:when=${when}`,
      );
      if (status === 0) break;
      assert.ok(signal === 'SIGKILL' || status === 137, `${call} ${when}: ${signal} ${status} ${stderr}`);
      seen.add(await mendAndCheck(rig, old, dumps(backup)));
      assert.ok(when < 60, 'it never ends');
    }
  }
  assert.deepEqual([...seen].sort(), ['mended', 'new', 'old']);
});

/** After a kill: either one state is whole, or every command refuses until --undo brings the old one back. */
async function mendAndCheck(
  rig: Rig,
  old: readonly string[],
  fresh: readonly string[],
): Promise<'old' | 'new' | 'mended'> {
  const status = await rig.sigctl(['status', '--json']);
  const isBlocked = status.exitCode === 4 && errorOf(status).code === 'RESTORE_UNFINISHED';
  if (isBlocked) {
    for (const command of [['start'], ['backup'], ['mode', 'full']]) {
      assert.equal(errorOf(await rig.sigctl([...command, '--json'])).code, 'RESTORE_UNFINISHED');
    }
    const undo = await rig.sigctl(['restore', '--undo']);
    assert.equal(undo.exitCode, 0, undo.stderr);
    assert.deepEqual(dumps(rig.home), old);
  } else {
    assert.equal(status.exitCode, 0, status.stdout + status.stderr);
    const now = dumps(rig.home);
    assert.ok(now.join() === old.join() || now.join() === fresh.join(), 'a mix of old and new');
  }
  for (const name of ['data/one.db', 'data/two.db', 'status.db']) {
    const db = new BetterSqlite3(join(rig.home, name));
    assert.equal(db.pragma('integrity_check', { simple: true }), 'ok', name);
    db.close();
  }
  if (isBlocked) return 'mended';
  return dumps(rig.home).join() === old.join() ? 'old' : 'new';
}

test('after a killed restore a second restore mends by itself, and completes', async (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('strace absent');
  const rig = await startStill(t);
  const backup = await backUp(rig);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  writeValues(dataPath(rig, 'one'), ['newer']);
  // After the journal's two renames: old and new are mixed then.
  injectInto(rig, ['restore', backup, '--yes'], 'rename:signal=SIGKILL:when=5');
  assert.equal(errorOf(await rig.sigctl(['status', '--json'])).code, 'RESTORE_UNFINISHED');
  const run = await rig.sigctl(['restore', backup, '--yes']);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.match(run.stderr, /was interrupted; the state from before it was brought back first/);
  assert.deepEqual(dumps(rig.home), dumps(backup));
  assert.equal((await rig.report('website')).verdict, 'healthy');
});

test('a fault at any of its renames: the restore fails, and the old state stands', async (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('strace absent');
  const rig = await startStill(t);
  const backup = await backUp(rig);
  const fresh = dumps(backup);
  for (const name of ['one', 'two']) writeValues(dataPath(rig, name), ['newer']);
  const old = dumps(rig.home);
  let faults = 0;
  for (let when = 1; ; when++) {
    const { status, stdout } = injectInto(rig, ['restore', backup, '--yes', '--json'], `rename:error=EIO:when=${when}`);
    if (status === 0) break;
    assert.equal(status, 1, stdout);
    assert.deepEqual(dumps(rig.home), old);
    assert.deepEqual(
      readdirSync(rig.home).filter((name) => name.startsWith('restore-')),
      [],
    );
    assert.ok(++faults < 60, 'it never ends');
  }
  assert.ok(faults > 5, `${faults} faults`);
  assert.deepEqual(dumps(rig.home), fresh);
});

test('a disk that is too small for a restore: refused before anything is stopped, and nothing changes', async (t) => {
  const rig = await startStill(t);
  const home = join(rig.root, 'small');
  mkdirSync(home);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', home]).status !== 0)
    return t.skip('a tmpfs cannot be mounted here');
  const options = { env: { SIGCTL_HOME: home } };
  try {
    mkdirSync(join(home, 'data'));
    openStatusDb(join(home, 'status.db')).close();
    writeValues(
      join(home, 'data/one.db'),
      Array.from({ length: 1_200 }, () => 'x'.repeat(1_000)),
    );
    const { bavail, bsize } = statfsSync(home);
    writeFileSync(join(home, 'filler'), Buffer.alloc(bavail * bsize - 600_000));
    const made = await rig.sigctl(['backup', '--json'], options);
    assert.equal(made.exitCode, 0, made.stdout);
    const before = fingerprint(join(home, 'data'));
    const run = await rig.sigctl(['restore', JSON.parse(made.stdout).backup, '--yes', '--json'], options);
    assert.deepEqual([run.exitCode, errorOf(run).code], [1, 'RESTORE_DISK_FULL']);
    assert.equal(fingerprint(join(home, 'data')), before);
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith('restore-')),
      [],
    );
  } finally {
    spawnSync('umount', [home]);
  }
});

/** Runs sigctl with a fault or a signal at one of its system calls. */
function injectInto(rig: Rig, args: readonly string[], inject: string) {
  const call = inject.replace(/:.*/, '');
  const strace = ['-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${inject}`];
  const command = [process.execPath, join(REPO, 'bin/sigctl'), ...args];
  return spawnSync('strace', [...strace, ...command], { cwd: rig.root, encoding: 'utf8', timeout: 120_000 });
}
