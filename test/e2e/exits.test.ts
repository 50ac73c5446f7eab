import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, kill, startRig, until } from './rig.js';

const ENDS = ['3', '0', 'SIGINT', 'SIGKILL', 'SIGSEGV'];

test('start and status tell how a service ended: by exit code or by signal, SIGINT and exit 0 too', async (t) => {
  const rig = await startRig(t, {
    apps: ENDS.map((end) =>
      app(`with-${end.toLowerCase()}`, 'ends-as-told.mjs', { autorestart: false, env: { END: end } }),
    ),
    sigctl: { watchdog: false },
  });
  const run = await rig.sigctl(['start', '--json']);
  assert.equal(run.exitCode, 1, run.stderr);
  const outcomes: readonly Record<string, unknown>[] = JSON.parse(run.stdout).outcomes;
  assert.deepEqual(
    outcomes.map(({ exitCode, exitSignal }) => [exitCode, exitSignal]),
    [
      [3, null],
      [0, null],
      [null, 'SIGINT'],
      [null, 'SIGKILL'],
      [null, 'SIGSEGV'],
    ],
  );
  const reports = await rig.reports();
  assert.deepEqual(
    reports.map(({ verdict }) => verdict),
    ENDS.map(() => 'down'),
  );
  const reasons = reports.map(({ reason }) => reason.replace(/, \S+ ago$/, ''));
  assert.deepEqual(reasons, [
    'exited with code 3',
    'exited with code 0',
    'killed by SIGINT',
    'killed by SIGKILL',
    'killed by SIGSEGV',
  ]);
});

test('status does not take the end of an earlier process for that of one which nobody saw end', async (t) => {
  const rig = await startRig(t, {
    apps: [app('web', 'idle.mjs', { autorestart: false })],
    sigctl: { watchdog: false },
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  kill(rig.pid('web'));
  await until(async () => (await rig.report('web')).reason.startsWith('killed by SIGKILL'));
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  // Without PM2 nobody is there to see it.
  kill(rig.pid('pm2'));
  await until(async () => (await rig.report('web')).verdict === 'orphaned');
  kill(rig.pid('web'));
  await until(async () => (await rig.report('web')).verdict === 'down');
  assert.equal((await rig.report('web')).reason, 'should run, and has no process');
});
