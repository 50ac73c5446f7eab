import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPidAlive } from './alive.js';
import { app, startRig, until } from './rig.js';

const MANIFEST = {
  apps: [
    app('family', 'leaves-a-child.sh', { interpreter: 'sh', sigctl: { ready: { delay: '200ms' } } }),
    app('idle', 'idle.mjs'),
  ],
};

test('a crashed service whose child outlives it and holds its lock runs again: the watchdog ends the child', async (t) => {
  const rig = await startRig(t, MANIFEST);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  // It ends by itself after a second.
  const children = () => [...rig.log('family').matchAll(/^child (\d+)$/gm)].map(([, pid]) => Number(pid));
  await until(() => children().length >= 2);
  const [first = 0] = children();
  assert.equal(isPidAlive(first), false);
  const { events } = JSON.parse(
    (await rig.sigctl(['history', 'family', '--kind', 'leftovers-ended', '--json'])).stdout,
  );
  assert.match(events[0].detail.reason, new RegExp(`pid ${first} outlived the service and held its lock`));
});

test('what is left of a service that was stopped does not stay: a stop that was killed half way is ended', async (t) => {
  const rig = await startRig(t, MANIFEST);
  await rig.sigctl(['start']);
  await rig.sigctl(['stop', 'family']);
  const lock = join(rig.home, 'run/family.lock');
  assert.ok(existsSync(lock));
  const stray = spawn('sh', ['-c', 'exec 9>>"$0"; exec sleep 600', lock], { stdio: 'ignore' });
  t.after(() => stray.kill('SIGKILL'));
  const ended = new Promise((resolve) => stray.once('exit', resolve));
  await ended;
  assert.equal((await rig.report('family')).verdict, 'stopped');
  assert.equal((await rig.report('idle')).verdict, 'healthy');
});

test('status names what is left of a service whose stop was killed half way, watchdog or not', async (t) => {
  const rig = await startRig(t, { ...MANIFEST, sigctl: { watchdog: false } });
  await rig.sigctl(['start']);
  await rig.sigctl(['stop', 'family']);
  const run = join(rig.home, 'run');
  const stray = spawn('sh', ['-c', 'exec 9>>"$0"; exec sleep 600', join(run, 'family.lock')], { stdio: 'ignore' });
  t.after(() => stray.kill('SIGKILL'));
  // A stop that is over takes this file away.
  writeFileSync(join(run, 'family.spec.json'), '{}');
  await until(async () => (await rig.report('family')).verdict === 'orphaned');
  const { reason, next } = await rig.report('family');
  assert.match(reason, new RegExp(`pid ${stray.pid} of its tree still holds the lock`));
  assert.equal(next, 'sigctl stop family');
  assert.equal((await rig.sigctl(['stop', 'family'])).exitCode, 0);
  await until(async () => (await rig.report('family')).verdict === 'stopped');
});
