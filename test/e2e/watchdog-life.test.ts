import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPidAlive } from './alive.js';
import { app, kill, startRig, until } from './rig.js';

const STACK = { apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')] };

test('the watchdog comes with the first service, is no service itself, and ends with the last one, before the daemon', async (t) => {
  const rig = await startRig(t, STACK);
  assert.equal((await rig.sigctl(['start', 'a'])).exitCode, 0);
  await until(() => existsSync(join(rig.home, 'run/watchdog.pid')));
  const [watchdog, daemon] = [rig.pid('watchdog'), rig.pid('pm2')];
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal(rig.pid('watchdog'), watchdog);
  const status = await rig.sigctl(['status']);
  assert.match(status.stdout, new RegExp(`watchdog pid ${watchdog}, \\d+ MB`));
  const { watchdog: seen, services } = JSON.parse((await rig.sigctl(['status', '--json'])).stdout);
  assert.deepEqual({ pid: seen.pid, stopped: seen.stopped }, { pid: watchdog, stopped: false });
  assert.deepEqual(
    services.map(({ key }: { key: string }) => key),
    ['a', 'b'],
  );
  assert.equal((await rig.sigctl(['stop', 'b'])).exitCode, 0);
  assert.ok(isPidAlive(watchdog));
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.ok(!isPidAlive(watchdog) && !isPidAlive(daemon));
  assert.match(rig.log('watchdog'), /"msg":"watches"[\s\S]*"msg":"ended"/);
  assert.match((await rig.sigctl(['logs', 'watchdog', '--json'])).stdout, /"msg":"ended"/);
});

test('a watchdog that is killed comes back', async (t) => {
  const rig = await startRig(t, STACK);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => rig.log('watchdog').includes('"watches"'));
  const first = rig.pid('watchdog');
  kill(first);
  await until(() => rig.pid('watchdog') !== first && isPidAlive(rig.pid('watchdog')));
});

test('restart without names restarts the watchdog, and restart of a service does not', async (t) => {
  const rig = await startRig(t, STACK);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => rig.log('watchdog').includes('"watches"'));
  const first = rig.pid('watchdog');
  assert.equal((await rig.sigctl(['restart', 'a'])).exitCode, 0);
  assert.equal(rig.pid('watchdog'), first);
  assert.equal((await rig.sigctl(['restart'])).exitCode, 0);
  await until(() => rig.pid('watchdog') !== first);
  assert.equal(isPidAlive(first), false);
});

test('start brings back a watchdog that is missing, and status says how', async (t) => {
  const rig = await startRig(t, { ...STACK, sigctl: { watchdog: false } });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal(existsSync(join(rig.home, 'run/watchdog.lock')), false);
  assert.doesNotMatch((await rig.sigctl(['status'])).stdout, /watchdog/);
  rig.writeManifest(STACK);
  assert.match((await rig.sigctl(['status'])).stdout, /watchdog not running: sigctl recover/);
  const [a] = [rig.pid('a')];
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => existsSync(join(rig.home, 'run/watchdog.pid')));
  assert.equal(rig.pid('a'), a);
});

test('status tells of a watchdog that is stopped by a signal', async (t) => {
  const rig = await startRig(t, STACK);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => rig.log('watchdog').includes('"watches"'));
  process.kill(rig.pid('watchdog'), 'SIGSTOP');
  await until(async () => (await rig.sigctl(['status'])).stdout.includes('is stopped: kill -CONT'));
  process.kill(rig.pid('watchdog'), 'SIGCONT');
  assert.doesNotMatch((await rig.sigctl(['status'])).stdout, /kill -CONT/);
});

test('a watchdog that the manifest turned off meanwhile ends with the next start, and comes back when it is turned on', async (t) => {
  const rig = await startRig(t, STACK);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [watchdog, service] = [rig.pid('watchdog'), rig.pid('a')];
  rig.writeManifest({ ...STACK, sigctl: { watchdog: false } });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.ok(!isPidAlive(watchdog));
  assert.equal(rig.pid('a'), service);
  rig.writeManifest(STACK);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => existsSync(join(rig.home, 'run/watchdog.pid')) && isPidAlive(rig.pid('watchdog')));
});
