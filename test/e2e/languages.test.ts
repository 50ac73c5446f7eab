import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, startRig, until } from './rig.js';

test('JavaScript, TypeScript, Python, shell and binary services run side by side', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('js', 'idle.mjs'),
      app('ts', 'typed.ts'),
      app('python', 'loop.py', { interpreter: 'python3', sigctl: { ready: { log: 'python ready' } } }),
      app('shell', 'loop.sh'),
      { name: 'binary', script: '/bin/sleep', args: '600', interpreter: 'none' },
    ],
  });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  for (const report of await rig.reports()) assert.equal(report.verdict, 'healthy', `${report.key}: ${report.reason}`);
  await until(() => rig.log('ts').includes('typed and ready'));
  assert.match(rig.log('shell'), /shell ready/);
});

test('a Python service that writes its own heartbeat with sqlite3 shows up in status like any other', async (t) => {
  const health = {
    ready: { heartbeat: true, within: '30s' },
    health: { heartbeat: '15s', progress: { name: 'beat', within: '30s' } },
  };
  const rig = await startRig(t, { apps: [app('snake', 'heartbeat.py', { interpreter: 'python3', sigctl: health })] });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  await until(async () => (await rig.report('snake')).progressAgeMs !== null);
  const report = await rig.report('snake');
  assert.equal(report.verdict, 'healthy');
  assert.equal(report.state, 'running');
  assert.equal(report.pid, rig.pid('snake'));
  assert.equal(report.progressName, 'beat');
  assert.ok(report.heartbeatAgeMs !== null && report.heartbeatAgeMs < 15_000);
});

test('a heartbeat that stops while the process lives is hung, and names both ages', async (t) => {
  const health = { ready: { heartbeat: true, within: '30s' }, health: { heartbeat: '2s' } };
  const rig = await startRig(t, { apps: [app('snake', 'heartbeat.py', { interpreter: 'python3', sigctl: health })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  process.kill(rig.pid('snake'), 'SIGSTOP');
  await until(async () => (await rig.report('snake')).verdict === 'hung');
  assert.match((await rig.report('snake')).reason, /last heartbeat .* ago, limit 2s/);
});

test("a plain PM2 file without any sigctl key works, with PM2's wait_ready", async (t) => {
  const rig = await startRig(t, [
    { name: 'plain', script: './idle.mjs' },
    { name: 'waits', script: './says-ready.cjs', wait_ready: true, listen_timeout: 20_000 },
  ]);
  const run = await rig.sigctl(['mode', 'full']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /plain\s+ready/);
  assert.match(run.stdout, /waits\s+ready/);
});

test('instances have a process, a PID file and a log each; a clustered app is handed to PM2', async (t) => {
  const rig = await startRig(t, {
    apps: [app('worker', 'idle.mjs', { instances: 2 }), app('web', 'idle.mjs', { exec_mode: 'cluster', instances: 2 })],
  });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  const reports = await rig.reports();
  assert.deepEqual(
    reports.map((report) => [report.key, report.verdict]),
    [
      ['worker-0', 'healthy'],
      ['worker-1', 'healthy'],
      ['web-0', 'healthy'],
      ['web-1', 'healthy'],
    ],
  );
  assert.equal(new Set(reports.map((report) => report.pid)).size, 4);
  assert.equal(rig.pid('worker-1'), reports[1]?.pid);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.ok((await rig.reports()).every((report) => report.verdict === 'stopped'));
});
