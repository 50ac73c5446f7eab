import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isGone, isPidAlive } from './alive.js';
import { app, kill, startRig, until } from './rig.js';

test('kill $(cat .sigctl/run/<service>.pid) ends that very service, and PM2 starts it again', async (t) => {
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const text = readFileSync(join(rig.home, 'run/trading.pid'), 'utf8');
  assert.match(text, /^\d+$/);
  spawn('/bin/sh', ['-c', 'kill $(cat .sigctl/run/trading.pid)'], { cwd: rig.root });
  await until(() => !isPidAlive(Number(text)));
  await until(() => rig.pid('trading') !== Number(text) && isPidAlive(rig.pid('trading')));
  await until(async () => (await rig.report('trading')).restarts === 1);
});

test('a stale PID file whose number belongs to a stranger is recognised, and the stranger is left alone', async (t) => {
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  // The machine went down without a word: daemon and service are gone, their files are still there.
  const service = rig.pid('trading');
  kill(rig.pid('pm2'));
  kill(service);
  await until(() => !isPidAlive(service));
  const stranger = spawn('/bin/sleep', ['600']);
  t.after(() => stranger.kill('SIGKILL'));
  const number = stranger.pid ?? 0;
  const lock = join(rig.home, 'run/trading.lock');
  writeFileSync(join(rig.home, 'run/trading.pid'), String(number));
  writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(number)));

  const report = await rig.report('trading');
  assert.equal(report.verdict, 'down');
  assert.equal(report.pid, null);
  assert.equal((await rig.sigctl(['stop', 'trading'])).exitCode, 0);
  assert.equal((await rig.sigctl(['start', 'trading'])).exitCode, 0);
  assert.equal((await rig.sigctl(['restart', 'trading'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.ok(isPidAlive(number), 'the stranger was ended');
});

test("stop takes the PID file away: its number will be a stranger's one day", async (t) => {
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.throws(() => rig.pid('trading'), /ENOENT/);
  // PM2's daemon and the watchdog end with the last service.
  assert.throws(() => rig.pid('pm2'), /ENOENT/);
  assert.throws(() => rig.pid('watchdog'), /ENOENT/);
});

test('a service that a stop leaves no process of leaves no lock behind either', async (t) => {
  const rig = await startRig(t, {
    apps: [app('parent', 'leaves-a-child.sh', { autorestart: false, sigctl: { ready: { log: 'child' } } })],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const child = Number(/child (\d+)/.exec(rig.log('parent'))?.[1]);
  await until(() => isGone(() => rig.pid('parent')));
  const report = await rig.report('parent');
  assert.match(report.reason, new RegExp(`pid ${child} of its tree still holds the lock`));
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal(isPidAlive(child), false);
});

test('start clears away the children of a dead run before it starts the service anew', async (t) => {
  const rig = await startRig(t, {
    apps: [app('parent', 'leaves-a-child.sh', { autorestart: false, sigctl: { ready: { log: 'child' } } })],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const child = Number(/child (\d+)/.exec(rig.log('parent'))?.[1]);
  await until(() => isGone(() => rig.pid('parent')));
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal(isPidAlive(child), false);
});
