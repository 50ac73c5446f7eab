import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, startRig, until } from './rig.js';
import { eventOf, events, watchedApp } from './watched.js';

const MB = 1024 ** 2;
/** The promise is 50 MB. A machine that also runs other tests may hold the watchdog up for a second, and the leak goes on. */
const BEYOND_MB = process.env['SIGCTL_LONG'] === '1' ? 50 : 100;
const LIMIT = { max_memory_restart: '200M', kill_timeout: 5_000 };

for (const [title, script] of [
  ['a service that leaks 50 MB/s', 'leaks-and-stays.mjs'],
  ['a service whose child process leaks 50 MB/s', 'child-leaks.mjs'],
] as const) {
  test(`${title} is restarted within ${BEYOND_MB} MB above its limit, with numbers on record, and its neighbour is not touched`, async (t) => {
    const rig = await startRig(t, {
      apps: [watchedApp('leaky', script, LIMIT), app('neighbour', 'idle.mjs', LIMIT)],
    });
    assert.equal((await rig.sigctl(['start'])).exitCode, 0);
    const [leaky, neighbour] = [rig.pid('leaky'), rig.pid('neighbour')];
    const exit = await eventOf(rig, 'leaky', 'exit');
    assert.deepEqual(
      { cause: exit.cause, actor: exit.actor, pid: exit.pid },
      { cause: 'memory-limit', actor: 'watchdog', pid: leaky },
    );
    assert.match(String(exit.detail?.['reason']), /2\d\d MB of 200 MB/);
    assert.ok(
      (exit.memoryBytes ?? 0) > 200 * MB && (exit.memoryBytes ?? 0) <= (200 + BEYOND_MB) * MB,
      `${exit.memoryBytes}`,
    );
    const soft = events(rig, 'leaky').find(({ kind }) => kind === 'memory-soft');
    assert.match(String(soft?.detail?.['reason']), /\d{3} MB of 200 MB/);
    await until(() => rig.pid('leaky') !== leaky);
    assert.equal(rig.pid('neighbour'), neighbour);
    assert.deepEqual(
      events(rig, 'neighbour').filter(({ kind }) => kind === 'exit'),
      [],
    );
  });
}
