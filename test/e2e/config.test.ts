import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, startRig } from './rig.js';

const manifest = (level: string, more: readonly object[] = []) => ({
  apps: [app('counts', 'counts.mjs', { env: { LEVEL: level, API_TOKEN: 'hunter2-hunter2' } }), ...more],
  sigctl: { watchdog: false },
});

test('config --diff names what a restart would change, and restart --changed applies exactly that', async (t) => {
  const rig = await startRig(t, manifest('info', [app('idle', 'idle.mjs')]));
  await rig.sigctl(['start']);
  assert.equal(
    (await rig.sigctl(['config', '--diff', '--check'])).stdout,
    'Nothing that runs differs from the manifest\n',
  );
  const idle = rig.pid('idle');
  rig.writeManifest(manifest('debug', [app('idle', 'idle.mjs', { sigctl: { after: ['counts'] } })]));
  const diff = await rig.sigctl(['config', '--diff', '--check']);
  assert.equal(diff.exitCode, 3);
  assert.equal(
    diff.stdout,
    [
      'counts: a restart would change → sigctl restart counts',
      '  env.LEVEL  info → debug',
      '',
      'idle: in force already, since only sigctl reads it',
      '  sigctl.after  none → counts',
      '',
    ].join('\n'),
  );
  const restarted = await rig.sigctl(['restart', '--changed', '--json']);
  const { started } = JSON.parse(restarted.stdout);
  assert.deepEqual(
    started.map((outcome: { key: string }) => outcome.key),
    ['counts'],
  );
  assert.equal(rig.pid('idle'), idle);
  const { needsRestart } = JSON.parse((await rig.sigctl(['config', '--diff', '--json'])).stdout);
  assert.deepEqual(needsRestart, []);
});

test('config shows every setting with its default, no secret, and what left the manifest while it runs', async (t) => {
  const rig = await startRig(t, manifest('info', [app('idle', 'idle.mjs')]));
  await rig.sigctl(['start']);
  const shown = await rig.sigctl(['config', 'counts']);
  assert.match(shown.stdout, /^ {2}env\.LEVEL +info$/m);
  assert.match(shown.stdout, /^ {2}kill_timeout +1\.6s$/m);
  const { stdout } = await rig.sigctl(['config', '--json']);
  assert.ok(!`${shown.stdout}${stdout}`.includes('hunter2'));
  assert.equal(JSON.parse(stdout).services[0].env.API_TOKEN, '*****');
  rig.writeManifest(manifest('info'));
  const diff = await rig.sigctl(['config', '--diff']);
  assert.equal(diff.stdout, 'idle runs, and is no longer in the manifest → sigctl stop idle\n');
});
