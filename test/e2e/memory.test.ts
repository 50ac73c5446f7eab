import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, startRig, until } from './rig.js';

test('a service over its memory limit is restarted, and its neighbour is not touched', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('leaky', 'leaks.mjs', { max_memory_restart: '150M' }),
      app('neighbour', 'idle.mjs', { max_memory_restart: '150M' }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const neighbour = rig.pid('neighbour');
  await until(async () => ((await rig.report('leaky')).restarts ?? 0) > 0);
  assert.equal(rig.pid('neighbour'), neighbour);
  assert.equal((await rig.report('leaky')).memoryLimitBytes, 150 * 1024 * 1024);
});

test('status shows a service near its limit as degraded, with both numbers', async (t) => {
  const rig = await startRig(t, { apps: [app('tight', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const { memoryBytes } = await rig.report('tight');
  const limit = Math.ceil((memoryBytes ?? 0) / 1024 / 1024) + 2;
  rig.writeManifest({ apps: [app('tight', 'idle.mjs', { max_memory_restart: `${limit}M` })] });
  const report = await rig.report('tight');
  assert.equal(report.verdict, 'degraded');
  assert.match(report.reason, new RegExp(`memory \\d+ MB of ${limit} MB`));
});
