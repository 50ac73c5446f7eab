import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Rig, startRig, until } from './rig.js';
import { eventOf, watchedApp } from './watched.js';

const beat = (on_hung: string) => ({
  ready: { heartbeat: true, within: '30s' },
  health: { heartbeat: '1500ms', on_hung },
});

const release = (rig: Rig) => writeFileSync(join(rig.root, 'release'), '');

async function stackOf(
  rig: Rig,
  service: string,
): Promise<readonly { function: string; file: string; line: number }[]> {
  const { detail } = await eventOf(rig, service, 'snapshot', 'hung');
  assert.ok(Array.isArray(detail?.['stack']), JSON.stringify(detail));
  return detail['stack'];
}

test('a service in an endless loop is ended with its stack on record, and why names the function and the line', async (t) => {
  const rig = await startRig(t, {
    apps: [watchedApp('web', 'loops.mjs', { kill_timeout: 300, sigctl: beat('restart') })],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const own = (await stackOf(rig, 'web')).filter(({ file }) => file.endsWith('/test/fixtures/watchdog/loops.mjs'));
  release(rig);
  assert.deepEqual(
    own.map((frame) => [frame.function, frame.line]),
    [
      ['busyLoop', 10],
      ['onTick', 14],
    ],
  );
  await eventOf(rig, 'web', 'exit', 'hung');
  const told = (await rig.sigctl(['why', 'web'])).stdout.replaceAll(/\s+/g, ' ');
  assert.match(told, /stuck in .*busyLoop \(\S*\/loops\.mjs:10:\d+\) ← onTick \(\S*\/loops\.mjs:14:\d+\)/);
  const history = await rig.sigctl(['history', 'web', '--json']);
  assert.match(history.stdout, /"stack": ?\[/);
});

test('with the policy alert the process goes on after the look; one with plans of its own for SIGUSR1 gets none', async (t) => {
  const rig = await startRig(t, {
    apps: [
      watchedApp('told', 'loops.mjs', { sigctl: beat('alert') }),
      watchedApp('handles', 'loops-with-handler.mjs', { sigctl: beat('alert') }),
      watchedApp('flagged', 'loops.mjs', { node_args: ['--inspect-port=0'], sigctl: beat('alert') }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const names = ['told', 'handles', 'flagged'];
  const pids = names.map(rig.pid);
  assert.ok((await stackOf(rig, 'told')).some((frame) => frame.function === 'busyLoop'));
  const why = (await rig.sigctl(['why', 'told'])).stdout.replaceAll(/\s+/g, ' ');
  assert.match(why, /has not exited .*stuck in .*busyLoop/);
  for (const [name, reason] of [
    ['handles', /its code uses SIGUSR1 itself/],
    ['flagged', /does not run with sigctl's inspector flags/],
  ] as const) {
    const { detail } = await eventOf(rig, name, 'snapshot', 'hung');
    assert.equal(detail?.['stack'], null);
    assert.match(String(detail?.['stackMissing']), reason);
  }
  release(rig);
  await until(() => names.every((name) => rig.log(name).includes('counted 3')));
  assert.deepEqual(names.map(rig.pid), pids);
  for (const name of ['handles', 'flagged']) assert.doesNotMatch(rig.log(name), /GOT SIGUSR1|Debugger/);
});
