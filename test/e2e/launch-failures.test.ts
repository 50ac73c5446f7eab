import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, startRig } from './rig.js';

test('start names a folder that cannot be entered as the cause', async (t) => {
  const rig = await startRig(t, { apps: [app('web', 'idle.mjs', { script: '../idle.mjs', cwd: './sub' })] });
  const refused = await rig.sigctl(['start', '--json']);
  assert.equal(refused.exitCode, 1);
  const [outcome] = JSON.parse(refused.stdout).outcomes;
  assert.equal(outcome.code, 'LAUNCH_FAILED');
  assert.equal(outcome.exitCode, 72);
  assert.match(outcome.reason, /folder \("cwd"\) cannot be entered/);
});

test('variables with the names of the launcher, or that no shell can set, reach the service as they are', async (t) => {
  const env = { log: 'debug', dir: '/nowhere', lock: 'open', key: 'k', 'my.setting': 'odd', UID: '4711' };
  const ready = { log: 'ENV ', within: '60s' };
  const rig = await startRig(t, { apps: [app('shows', 'prints-env.mjs', { env, sigctl: { ready } })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const shown = JSON.parse(rig.log('shows').slice('ENV '.length));
  assert.deepEqual(Object.fromEntries(Object.keys(env).map((name) => [name, shown[name]])), env);
});

test('a start that launched nothing leaves no daemon and no watchdog behind', async (t) => {
  const rig = await startRig(t, { apps: [app('web', 'no-such-file.mjs')] });
  const failed = await rig.sigctl(['start', '--json']);
  assert.equal(failed.exitCode, 1);
  assert.equal(JSON.parse(failed.stdout).outcomes[0].code, 'SCRIPT_MISSING');
  const { daemon, watchdog } = JSON.parse((await rig.sigctl(['status', '--json'])).stdout);
  assert.deepEqual([daemon.pid, watchdog.pid], [null, null]);
});
