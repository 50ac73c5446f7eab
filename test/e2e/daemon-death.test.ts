import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProcStat } from '../../src/process/proc-stat.js';
import { writeDesired } from '../../src/store/desired.js';
import { openStatusDb } from '../../src/store/open.js';
import { isPidAlive } from './alive.js';
import { app, kill, type Rig, startRig, until } from './rig.js';

/** Without the watchdog, which would start a new daemon and take everything back. */
const UNWATCHED = { sigctl: { watchdog: false } };
const STACK = { apps: [app('a', 'counts.mjs'), app('b', 'counts.mjs'), app('c', 'loop.sh')], ...UNWATCHED };
const KEYS = ['a', 'b', 'c'];

async function startAndKillDaemon(rig: Rig): Promise<readonly number[]> {
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pids = KEYS.map(rig.pid);
  const daemon = rig.pid('pm2');
  kill(daemon);
  await until(() => !isPidAlive(daemon));
  return pids;
}

test("when PM2's daemon is killed every service keeps its process and goes on logging, and status says orphaned", async (t) => {
  const rig = await startRig(t, STACK);
  const pids = await startAndKillDaemon(rig);
  const printed = lastCount(rig, 'a');
  await until(() => lastCount(rig, 'a') > printed + 20);
  assert.deepEqual(KEYS.map(rig.pid), pids);
  assert.ok(pids.every(isPidAlive));
  const reports = await rig.reports();
  assert.deepEqual(
    reports.map((report) => report.verdict),
    ['orphaned', 'orphaned', 'orphaned'],
  );
  assertNoGap(rig, 'a');
});

test('start does not start a second copy of an orphan', async (t) => {
  const rig = await startRig(t, STACK);
  const pids = await startAndKillDaemon(rig);
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0);
  assert.match(run.stdout, /a\s+left as it is \(pid \d+\): orphaned: .*; "sigctl restart a" takes it back/);
  assert.deepEqual(KEYS.map(rig.pid), pids);
});

test('start and mode over orphans bring a watchdog, say that it restarts them, and it does, also where the one service to start fails', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('a', 'counts.mjs'),
      app('b', 'counts.mjs', { sigctl: { takeBack: 'last' } }),
      app('gone', 'missing.mjs'),
    ],
    sigctl: { modes: { two: ['a', 'b'] } },
  });
  assert.equal((await rig.sigctl(['mode', 'two'])).exitCode, 0);
  for (const [line, exitCode] of [
    [['start', 'a', 'b', 'gone'], 1],
    [['mode', 'two'], 0],
  ] as const) {
    const [a, b] = [rig.pid('a'), rig.pid('b')];
    const both = [rig.pid('pm2'), rig.pid('watchdog')];
    for (const pid of both) kill(pid);
    await until(() => !both.some(isPidAlive));
    const run = await rig.sigctl(line);
    assert.equal(run.exitCode, exitCode, run.stdout + run.stderr);
    assert.match(
      run.stdout,
      /a +left as it is \(pid \d+\): orphaned: .*; the watchdog restarts it under PM2 in a moment$/m,
    );
    assert.match(
      run.stdout,
      /b +left as it is .*; the watchdog restarts it under PM2 after all others, between its cycles$/m,
    );
    await until(() => [a, b].every((pid) => !isPidAlive(pid)));
    await until(() => ['a', 'b'].every((key) => readProcStat(rig.pid(key))?.ppid === rig.pid('pm2')));
    await until(() => readProcStat(rig.pid('watchdog'))?.ppid === rig.pid('pm2'));
  }
});

test('stop ends orphans, children included', async (t) => {
  const rig = await startRig(t, STACK);
  const pids = await startAndKillDaemon(rig);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.ok(pids.every((pid) => !isPidAlive(pid)));
  assert.deepEqual(
    (await rig.reports()).map((report) => report.verdict),
    ['stopped', 'stopped', 'stopped'],
  );
});

test('restart takes an orphan back under a new daemon', async (t) => {
  const rig = await startRig(t, STACK);
  const pids = await startAndKillDaemon(rig);
  assert.equal((await rig.sigctl(['restart', 'a'])).exitCode, 0);
  assert.notEqual(rig.pid('a'), pids[0]);
  assert.equal(isPidAlive(pids[0] ?? 0), false);
  assert.equal((await rig.report('a')).verdict, 'healthy');
  assert.equal((await rig.report('b')).verdict, 'orphaned');
});

test('2,000 lines printed just before exit(3) are all in the log', async (t) => {
  const rig = await startRig(t, { apps: [app('last-words', 'prints-and-exits.mjs', { autorestart: false })] });
  const run = await rig.sigctl(['start', '--json']);
  assert.equal(run.exitCode, 1);
  assert.equal(JSON.parse(run.stdout).outcomes[0].exitCode, 3);
  const lines = rig.log('last-words').trimEnd().split('\n');
  assert.equal(lines.length, 2000);
  assert.deepEqual(
    lines.map((line) => Number(/^line (\d+) /.exec(line)?.[1])),
    Array.from({ length: 2000 }, (_, index) => index + 1),
  );
});

test("the daemon is the stack's own, and the user's PM2 is not touched", async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  await startOne(rig);
  const environment = readFileSync(`/proc/${rig.pid('pm2')}/environ`, 'utf8');
  assert.match(environment, new RegExp(`PM2_HOME=${join(rig.home, 'pm2')}`));
  assert.throws(() => readFileSync(join(rig.root, '..', '.pm2', 'pm2.pid')), /ENOENT/);
});

async function startOne(rig: Rig): Promise<void> {
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
}

function counts(rig: Rig, key: string): readonly number[] {
  return [...rig.log(key).matchAll(/^count (\d+)$/gm)].map((match) => Number(match[1]));
}

function lastCount(rig: Rig, key: string): number {
  return counts(rig, key).at(-1) ?? 0;
}

function assertNoGap(rig: Rig, key: string): void {
  const seen = counts(rig, key);
  assert.deepEqual(
    seen,
    seen.map((_, index) => index + 1),
  );
}

test('a daemon that hangs during a stop does not start the service again when it wakes up', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [pid, daemon] = [rig.pid('a'), rig.pid('pm2')];
  process.kill(daemon, 'SIGSTOP');
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal(isPidAlive(pid), false);
  process.kill(daemon, 'SIGCONT');
  await until(() => readFileSync(join(rig.home, 'pm2/pm2.log'), 'utf8').includes('exited with code [78]'));
  assert.equal((await rig.report('a')).pid, null);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.report('a')).verdict, 'healthy');
});

test('a damaged record of the daemon costs nothing: whoever holds its lock is it', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], ...UNWATCHED });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const daemon = rig.pid('pm2');
  writeFileSync(join(rig.home, 'run/pm2.lock'), 'nonsense\n');
  assert.equal((await rig.report('a')).verdict, 'healthy');
  assert.equal((await rig.sigctl(['restart'])).exitCode, 0);
  assert.ok(isPidAlive(daemon));
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal(isPidAlive(daemon), false);
});

test('what a stop that was killed half way left to PM2 is forgotten by the next stop, and the daemon ends', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], sigctl: { watchdog: false } });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const daemon = rig.pid('pm2');
  // As after a stop that was killed before it told PM2: not wanted, no launch file, no process, and PM2 still has the app.
  const db = openStatusDb(join(rig.home, 'status.db'));
  writeDesired(db, { service: 'a', wanted: 'stopped', nowMs: Date.now(), actor: 'test', manifestHash: null });
  db.close();
  rmSync(join(rig.home, 'run/a.launch'));
  kill(rig.pid('a'));
  await until(async () => (await rig.report('a')).verdict === 'stopped');
  assert.ok(isPidAlive(daemon));
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal(isPidAlive(daemon), false);
});
