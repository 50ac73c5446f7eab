import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, kill, startRig, until } from './rig.js';

const MANIFEST = {
  apps: [app('counts', 'counts.mjs'), app('idle', 'idle.mjs'), app('loop', 'loop.sh', { interpreter: 'sh' })],
  sigctl: { modes: { some: ['counts', 'idle'], full: '*' } },
};
const BOOT = { env: { SIGCTL_ACTOR: 'boot' } };

test('a boot brings back the mode and what ran at the shutdown, and nothing that an operator had stopped', async (t) => {
  const rig = await startRig(t, MANIFEST);
  const verdicts = async () => (await rig.reports()).map(({ key, verdict }) => `${key} ${verdict}`);
  assert.equal((await rig.sigctl(['mode', 'some'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop', '--shutdown'])).exitCode, 0);
  assert.deepEqual(await verdicts(), ['counts stopped', 'idle stopped', 'loop stopped']);

  assert.equal((await rig.sigctl(['start', '--boot'], BOOT)).exitCode, 0);
  assert.deepEqual(await verdicts(), ['counts healthy', 'idle healthy', 'loop stopped']);
  assert.match((await rig.sigctl(['mode'])).stdout, /^\* some/m);
  const { stdout } = await rig.sigctl(['history', 'counts', '--kind', 'start', '--json']);
  const events: readonly { readonly actor: string; readonly cause: string }[] = JSON.parse(stdout).events;
  assert.equal(events.at(-1)?.cause, 'boot');

  await rig.sigctl(['stop', 'idle']);
  await rig.sigctl(['stop', '--shutdown']);
  await rig.sigctl(['start', '--boot'], BOOT);
  assert.deepEqual(await verdicts(), ['counts healthy', 'idle stopped', 'loop stopped']);
});

test('a boot after a power cut brings back what was wanted', async (t) => {
  const rig = await startRig(t, { ...MANIFEST, sigctl: { ...MANIFEST.sigctl, watchdog: false } });
  await rig.sigctl(['mode', 'some']);
  for (const key of ['pm2', 'counts', 'idle']) kill(rig.pid(key));
  await until(async () => (await rig.reports()).every(({ pid }) => pid === null));
  assert.equal((await rig.sigctl(['start', '--boot'], BOOT)).exitCode, 0);
  const healthy = (await rig.reports()).filter(({ verdict }) => verdict === 'healthy').map(({ key }) => key);
  assert.deepEqual(healthy, ['counts', 'idle']);
});

test('a boot where nothing was ever wanted starts nothing and is no failure', async (t) => {
  const rig = await startRig(t, MANIFEST);
  const { exitCode, stdout } = await rig.sigctl(['start', '--boot'], BOOT);
  assert.deepEqual([exitCode, stdout], [0, 'Nothing to start\n']);
});
