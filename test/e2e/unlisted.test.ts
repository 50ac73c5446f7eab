import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPidAlive } from './alive.js';
import { app, startRig } from './rig.js';

test('a service that left the manifest while it runs is not lost: status names it, stop ends it', async (t) => {
  const rig = await startRig(t, { apps: [app('old', 'idle.mjs'), app('kept', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('old');
  rig.writeManifest({ apps: [app('kept', 'idle.mjs')] });
  const report = await rig.report('old');
  assert.equal(report.verdict, 'orphaned');
  assert.equal(report.reason, 'runs, and is no longer in the manifest');
  assert.equal((await rig.sigctl(['start', 'old'])).exitCode, 2);
  assert.equal((await rig.sigctl(['stop', 'old'])).exitCode, 0);
  assert.equal(isPidAlive(pid), false);
  assert.deepEqual(
    (await rig.reports()).map((entry) => entry.key),
    ['kept'],
  );
});

test('a change of mode stops what is no longer in the manifest', async (t) => {
  const rig = await startRig(t, { apps: [app('old', 'idle.mjs'), app('kept', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [old, kept] = [rig.pid('old'), rig.pid('kept')];
  rig.writeManifest({ apps: [app('kept', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['mode', 'full'])).exitCode, 0);
  assert.equal(isPidAlive(old), false);
  assert.equal(rig.pid('kept'), kept);
});

test('fewer instances than run: start refuses to add to them, restart replaces them', async (t) => {
  const rig = await startRig(t, { apps: [app('web', 'idle.mjs', { instances: 2 })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const before = [rig.pid('web-0'), rig.pid('web-1')];
  rig.writeManifest({ apps: [app('web', 'idle.mjs')] });
  const start = await rig.sigctl(['start']);
  assert.equal(start.exitCode, 1);
  assert.match(start.stdout, /web-0, web-1 of an earlier manifest still run/);
  assert.equal((await rig.sigctl(['restart', 'web'])).exitCode, 0);
  assert.deepEqual(before.map(isPidAlive), [false, false]);
  assert.deepEqual(
    (await rig.reports()).map((entry) => [entry.key, entry.verdict]),
    [['web', 'healthy']],
  );
});

test('a service of its own that was called like an instance of another one is not taken for that', async (t) => {
  const rig = await startRig(t, { apps: [app('api', 'idle.mjs'), app('api-2', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [api, other] = [rig.pid('api'), rig.pid('api-2')];
  rig.writeManifest({ apps: [app('api', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['restart', 'api'])).exitCode, 0);
  assert.deepEqual([isPidAlive(api), isPidAlive(other)], [false, true]);
  assert.equal((await rig.sigctl(['stop', 'api'])).exitCode, 0);
  assert.equal(isPidAlive(other), true);
  assert.equal((await rig.sigctl(['stop', 'api-2'])).exitCode, 0);
  assert.equal(isPidAlive(other), false);
  const { events } = JSON.parse((await rig.sigctl(['history', 'api-2', '--kind', 'exit', '--json'])).stdout);
  assert.deepEqual(
    events.map(({ pid }: { pid: number }) => pid),
    [other],
  );
});
