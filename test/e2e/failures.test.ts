import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { isPidAlive } from './alive.js';
import { freePort } from './free-port.js';
import { app, collect, kill, startRig, until } from './rig.js';

const NEIGHBOUR = app('neighbour', 'idle.mjs');

test('start names exit code and last words of a service that crashes at once, and starts the others', async (t) => {
  const rig = await startRig(t, { apps: [app('crasher', 'crashes-at-once.mjs'), NEIGHBOUR] });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /crasher\s+exited with code 3 before it was ready/);
  assert.match(run.stdout, /cannot open the vault: no key/);
  assert.match(run.stdout, /next: sigctl logs crasher/);
  assert.match(run.stdout, /neighbour\s+ready/);
  assert.equal((await rig.report('neighbour')).verdict, 'healthy');
  assert.equal((await rig.sigctl(['stop', 'crasher'])).exitCode, 0);
  assert.equal((await rig.report('crasher')).verdict, 'stopped');
});

test('start names the signal that killed a service before it was ready', async (t) => {
  const rig = await startRig(t, { apps: [app('faulty', 'dies-by-signal.mjs')] });
  const run = await rig.sigctl(['start', '--json']);
  assert.equal(run.exitCode, 1);
  const [outcome] = JSON.parse(run.stdout).outcomes;
  assert.equal(outcome.code, 'CRASHED');
  assert.equal(outcome.exitSignal, 'SIGSEGV');
  assert.equal(outcome.exitCode, null);
});

test('a service that crashes for ever ends in a crash loop, and says so', async (t) => {
  const breaker = { sigctl: { restart: { backoff: ['1ms', '1s'], breaker: { exits: 4, within: '2m' } } } };
  const rig = await startRig(t, { apps: [app('crasher', 'crashes-at-once.mjs', breaker)] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 1);
  await until(async () => (await rig.report('crasher')).verdict === 'crash-loop');
  const report = await rig.report('crasher');
  assert.match(
    report.reason,
    /gave up after 4 exits within 2m; exited with code 3, .* ago; "sigctl start crasher" tries again/,
  );
  assert.equal((await rig.sigctl(['status', '--check'])).exitCode, 3);
});

test('while a start waits for a service status calls it starting, not healthy, and what has no process yet is not down', async (t) => {
  const ready = { tcp: await freePort(), within: '3s' };
  const next = app('next', 'idle.mjs', { sigctl: { needs: ['slow'] } });
  const rig = await startRig(t, { apps: [app('slow', 'never-ready.mjs', { sigctl: { ready } }), next] });
  const run = rig.sigctl(['start']);
  await until(async () => (await rig.report('slow')).pid !== null);
  const slow = await rig.report('slow');
  assert.deepEqual([slow.verdict, slow.next], ['starting', null]);
  assert.match(slow.reason, /^started .* ago, not ready yet$/);
  const waiting = await rig.report('next');
  assert.deepEqual([waiting.verdict, waiting.reason], ['starting', '"sigctl start" is at work']);
  assert.equal((await run).exitCode, 1);
  assert.equal((await rig.report('slow')).verdict, 'unhealthy');
});

test('start gives up on a service that is never ready within its deadline, and leaves it running', async (t) => {
  const ready = { tcp: await freePort(), within: '2s' };
  const rig = await startRig(t, { apps: [app('slow', 'never-ready.mjs', { sigctl: { ready } }), NEIGHBOUR] });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /slow\s+not ready within 2s \(waited for port \d+\); it is left running/);
  assert.match(run.stdout, /still warming up/);
  assert.ok(isPidAlive(rig.pid('slow')));
  assert.equal((await rig.report('neighbour')).verdict, 'healthy');
  const report = await rig.report('slow');
  assert.equal(report.verdict, 'unhealthy');
  assert.match(report.reason, /was not ready within 2s of its start/);
  assert.equal((await rig.sigctl(['start', 'slow'])).exitCode, 1);
});

test('start names the holder of a taken port, and starts nothing on it', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await new Promise((resolve) => holder.once('listening', resolve));
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const rig = await startRig(t, {
    apps: [app('web', 'listens.mjs', { env: { PORT: port }, sigctl: { ready: { http: '/' } } }), NEIGHBOUR],
  });
  const run = await rig.sigctl(['start', '--json']);
  assert.equal(run.exitCode, 1);
  const [web, neighbour] = JSON.parse(run.stdout).outcomes;
  assert.equal(web.code, 'PORT_TAKEN');
  assert.match(web.reason, new RegExp(`port ${port} is held by pid ${process.pid} \\(`));
  assert.equal(neighbour.kind, 'ready');
  assert.throws(() => rig.pid('web'), /ENOENT/);
});

test('start names a missing script and a missing interpreter, and starts the others', async (t) => {
  const rig = await startRig(t, {
    apps: [app('gone', 'not-there.mjs'), app('odd', 'idle.mjs', { interpreter: 'no-such-interpreter' }), NEIGHBOUR],
  });
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /gone\s+script ".*not-there\.mjs" does not exist/);
  assert.match(run.stdout, /odd\s+interpreter "no-such-interpreter" is not in PATH/);
  assert.match(run.stdout, /neighbour\s+ready/);
});

test('stop kills a service that ignores its signals after kill_timeout, and says so', async (t) => {
  const rig = await startRig(t, { apps: [app('stubborn', 'ignores-signals.mjs', { kill_timeout: 700 }), NEIGHBOUR] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('stubborn');
  const run = await rig.sigctl(['stop']);
  assert.equal(run.exitCode, 0);
  assert.match(run.stdout, /stubborn\s+killed after .*: it did not end on SIGINT/);
  assert.match(run.stdout, /neighbour\s+stopped in/);
  assert.equal(isPidAlive(pid), false);
});

test('a service is not started when what it needs does not start', async (t) => {
  const rig = await startRig(t, {
    apps: [app('base', 'crashes-at-once.mjs'), app('top', 'idle.mjs', { sigctl: { needs: ['base'] } })],
  });
  const run = await rig.sigctl(['start', 'top']);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /top\s+not started: needs base, which did not start/);
});

test('Ctrl-C while start waits leaves the services as they are, and says so, and so does SIGTERM; what is left undone is named and not wanted', async (t) => {
  const port = await freePort();
  const rig = await startRig(t, {
    apps: [
      app('slow', 'never-ready.mjs', { sigctl: { ready: { tcp: port, within: '60s' } } }),
      app('later', 'idle.mjs', { sigctl: { after: ['slow'] } }),
      app('wanted', 'idle.mjs', { sigctl: { after: ['slow'] } }),
    ],
    sigctl: { watchdog: false },
  });
  assert.equal((await rig.sigctl(['start', 'wanted'])).exitCode, 0);
  kill(rig.pid('pm2'));
  kill(rig.pid('wanted'));
  const child = rig.spawn(['start']);
  const run = collect(child);
  await until(() => readsAlive(() => rig.pid('slow')));
  child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await run;
  assert.equal(exitCode, 130);
  assert.match(stderr, /Interrupted: services are left as they are/);
  assert.match(stdout, /slow +not waited for any longer; it is left as it is/);
  assert.ok(isPidAlive(rig.pid('slow')));
  // What was not launched is named, and wanted no more than before: it is not down.
  assert.match(stdout, /later +not started: interrupted before it\n[\s\S]*\n +next: sigctl start later wanted$/m);
  assert.equal((await rig.report('later')).verdict, 'stopped');
  assert.equal((await rig.report('wanted')).verdict, 'down');
  for (const line of [
    ['start', 'slow'],
    ['restart', 'slow'],
    ['wait', 'slow', '--for', 'stopped'],
  ]) {
    const waiting = rig.spawn(line);
    const ended = collect(waiting);
    waiting.stderr?.once('data', () => waiting.kill('SIGTERM'));
    const { exitCode: code, stdout: out, stderr: err } = await ended;
    assert.equal(code, 143, `${line.join(' ')}: ${out}${err}`);
    await until(() => readsAlive(() => rig.pid('slow')));
  }
});

test('what a service printed of its secrets is masked where start shows its last lines', async (t) => {
  const env = { API_TOKEN: 'tell-nobody-else' };
  const sigctl = { ready: { log: 'never said', within: '1s' } };
  const rig = await startRig(t, { apps: [app('a', 'prints-a-secret.mjs', { env, sigctl })] });
  for (const flags of [[], ['--json']]) {
    const { exitCode, stdout } = await rig.sigctl(['restart', ...flags]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /my token is \*\*\*\*\*/);
    assert.doesNotMatch(stdout, /tell-nobody-else/);
  }
});

test('Ctrl-C while stop waits does not end the stop, and says so', async (t) => {
  const rig = await startRig(t, { apps: [app('stubborn', 'ignores-signals.mjs', { kill_timeout: 4_000 })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('stubborn');
  const child = rig.spawn(['stop']);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await until(() => stderr.includes('stopping stubborn'));
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.match(stderr, /Interrupted: the stop goes on to its end/);
  assert.equal(isPidAlive(pid), false);
});

function readsAlive(pid: () => number): boolean {
  try {
    return isPidAlive(pid());
  } catch {
    // The PID file is not there yet.
    return false;
  }
}

test('start does not take a crash loop for a running service: it starts it anew, with the settings of now', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('picky', 'needs-a-key.mjs', {
        sigctl: { passEnv: ['KEY'], ready: { log: 'works', within: '60s' }, restart: { backoff: ['200ms', '1s'] } },
      }),
    ],
  });
  const bad = await rig.sigctl(['start'], { env: { KEY: 'wrong' } });
  assert.equal(bad.exitCode, 1);
  const still = await rig.sigctl(['start'], { env: { KEY: 'wrong' } });
  assert.equal(still.exitCode, 1, still.stdout);
  const good = await rig.sigctl(['start'], { env: { KEY: 'right' } });
  assert.equal(good.exitCode, 0, good.stdout + good.stderr);
  assert.equal((await rig.report('picky')).verdict, 'healthy');
});

test('restart does not stop what it cannot start again', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs'), app('b', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [a, b] = [rig.pid('a'), rig.pid('b')];
  rig.writeManifest({ apps: [app('a', 'gone.mjs'), app('b', 'idle.mjs')] });
  const run = await rig.sigctl(['restart']);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /a\s+script ".*gone\.mjs" does not exist/);
  assert.equal(rig.pid('a'), a);
  assert.ok(isPidAlive(a));
  assert.notEqual(rig.pid('b'), b);
});

test('restart stops nothing while PM2 does not answer', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [pid, daemon] = [rig.pid('a'), rig.pid('pm2')];
  process.kill(daemon, 'SIGSTOP');
  const run = await rig.sigctl(['restart', '--json']);
  process.kill(daemon, 'SIGCONT');
  assert.equal(run.exitCode, 4);
  assert.equal(JSON.parse(run.stdout).error.code, 'PM2_UNREACHABLE');
  assert.ok(isPidAlive(pid));
  assert.equal((await rig.report('a')).verdict, 'healthy');
});
