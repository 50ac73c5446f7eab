import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPidAlive } from './alive.js';
import { app, startRig } from './rig.js';

test('a manifest that breaks while services run hides nothing: status, logs and stop go on with the last valid one', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('a');
  rig.writeManifest('module.exports = { apps: [ {');
  const status = await rig.sigctl(['status']);
  assert.equal(status.exitCode, 0);
  assert.match(status.stdout, /a\s+healthy/);
  assert.match(status.stderr, /note: the stack is taken as it was last valid/);
  assert.match((await rig.sigctl(['logs'])).stdout, /ready/);
  assert.equal((await rig.sigctl(['start'])).exitCode, 2);
  assert.equal((await rig.sigctl(['restart'])).exitCode, 2);
  assert.ok(isPidAlive(pid));
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal(isPidAlive(pid), false);
});

test('status names a PM2 that was stopped, and --check fails on it', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const daemon = rig.pid('pm2');
  process.kill(daemon, 'SIGSTOP');
  const status = await rig.sigctl(['status', '--check']);
  process.kill(daemon, 'SIGCONT');
  assert.equal(status.exitCode, 3);
  assert.match(status.stdout, new RegExp(`PM2 is stopped: kill -CONT ${daemon}`));
});

test('a folder that cannot be written is a refusal with its path, and no bug', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  const folder = join(rig.root, 'locked');
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  const run = await rig.sigctl(['start', '--json'], { env: { SIGCTL_HOME: join(folder, 'home') } });
  assert.equal(run.exitCode, 4);
  assert.match(JSON.parse(run.stdout).error.message, /permission denied|EACCES/);
});
