import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ExitStory } from '../../src/core/exit-story.js';
import { freePort } from './free-port.js';
import { app, type Rig, startRig, until } from './rig.js';

const PYTHON = { interpreter: 'python3' };
const BEAT = { ready: { heartbeat: true, within: '30s' } };

async function why(rig: Rig, key: string): Promise<ExitStory> {
  const run = await rig.sigctl(['why', key, '--json']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  return (JSON.parse(run.stdout) as { stories: [ExitStory] }).stories[0];
}

/** The story of the first exit, once there is one. */
async function storyOf(rig: Rig, key: string): Promise<ExitStory> {
  await until(async () => (await why(rig, key)).kind === 'exited');
  return why(rig, key);
}

test('why names what the watchdog ended a service for: memory, a hang, frozen work, a failing check; each with numbers', async (t) => {
  const port = await freePort();
  const rig = await startRig(t, {
    apps: [
      app('leaky', 'leaks.mjs', { max_memory_restart: '150M' }),
      app('stuck', 'heartbeat.py', { ...PYTHON, sigctl: { ...BEAT, health: { heartbeat: '4s' } } }),
      // It beats and works once a second, which is too slow for this limit.
      app('frozen', 'heartbeat.py', {
        ...PYTHON,
        sigctl: {
          ...BEAT,
          health: { heartbeat: '30s', progress: { name: 'beat', within: '300ms' }, on_stale: 'restart' },
        },
      }),
      app('sick', 'health-from-file.mjs', {
        env: { PORT: port },
        sigctl: {
          port,
          ready: { tcp: port },
          health: { liveness: { http: '/liveness', every: '200ms', timeout: '5s', failures: 2 } },
        },
      }),
    ],
  });
  await rig.sigctl(['start']);
  const stuck = rig.pid('stuck');
  process.kill(stuck, 'SIGSTOP');
  writeFileSync(join(rig.root, 'sick.health'), '503');

  const leaky = await storyOf(rig, 'leaky');
  assert.equal(leaky.cause, 'memory-limit');
  assert.match(leaky.reason ?? '', /\d{3} MB of 150 MB/);
  assert.match(leaky.facts ?? '', /memory \d{3} MB of 150 MB at most/);

  const hung = await storyOf(rig, 'stuck');
  assert.deepEqual([hung.cause, hung.actor, hung.event?.pid], ['hung', 'watchdog', stuck]);
  assert.match(hung.reason ?? '', /last heartbeat .* ago, limit 4s/);

  const stale = await storyOf(rig, 'frozen');
  assert.deepEqual([stale.cause, stale.actor], ['stale', 'watchdog']);
  assert.match(stale.reason ?? '', /last beat .* ago, limit 300ms/);

  const sick = await storyOf(rig, 'sick');
  assert.deepEqual([sick.cause, sick.actor], ['unhealthy', 'watchdog']);
  assert.match(sick.reason ?? '', /http \/liveness.*HTTP 503/);
  assert.match((await rig.sigctl(['why', 'sick'])).stdout, /cause unhealthy, by watchdog: /);
});
