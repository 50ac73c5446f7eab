import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../src/store/events.js';
import { openStatusDb } from '../../src/store/open.js';
import { startLoad } from '../service/steady-load.js';
import { freePort } from './free-port.js';
import { app, REPO, startRig, until } from './rig.js';

const HUP = { reload: { signal: 'SIGHUP', within: '60s' } };

function website(port: number, rest: object = {}) {
  const env = { PORT: String(port), WORKERS: '1', ...rest };
  const sigctl = { ...HUP, ready: { http: '/health', within: '60s' }, port };
  return { name: 'website', script: join(REPO, 'dist/services/website/main.js'), env, kill_timeout: 8000, sigctl };
}

test('the website reloads without a request lost, keeps its process, and says so where it cannot', async (t) => {
  const port = await freePort();
  const rig = await startRig(t, {
    apps: [website(port), app('plain', 'idle.mjs'), { ...website(await freePort(), { WORKERS: '0' }), name: 'alone' }],
    sigctl: { watchdog: false },
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('website');
  const worker = async () => ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { pid: number }).pid;
  const first = await worker();
  assert.notEqual(first, pid);
  const refused = await rig.sigctl(['reload', 'website', 'plain']);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /Cannot reload "plain": it has one process.*\n.*sigctl restart plain/);
  assert.equal(await worker(), first);
  const load = startLoad(t, port, '/api/status');
  const reloaded = await rig.sigctl(['reload', 'website']);
  assert.equal(reloaded.exitCode, 0, reloaded.stdout + reloaded.stderr);
  assert.match(reloaded.stdout, /^✔ website {2}reloaded in /);
  // A connection that was open stays with the worker that it began with, for one more answer.
  await until(async () => (await worker()) !== first);
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.ok(load.answers().size > 0);
  const report = await rig.report('website');
  assert.deepEqual([rig.pid('website'), report.verdict, report.restarts], [pid, 'healthy', 0]);
  const alone = await rig.sigctl(['reload', 'alone', '--json']);
  assert.equal(alone.exitCode, 1);
  assert.match(JSON.parse(alone.stdout).outcomes[0].reason, /WORKERS=0.*it runs on as before/);
  const db = openStatusDb(join(rig.home, 'status.db'));
  t.after(() => db.close());
  const kinds = readEvents(db, { limit: 20 }).flatMap(({ kind, service }) =>
    /^reload/.test(kind) ? [`${kind} ${service}`] : [],
  );
  assert.deepEqual(kinds, ['reload website', 'reload-failed alone']);
});

test('a service of any kind reloads at its signal, one by one, or by PM2; one that ends at the signal has failed', async (t) => {
  const port = await freePort();
  const rig = await startRig(t, {
    apps: [
      app('rereads', 'rereads-at-hup.mjs', { sigctl: HUP }),
      app('dies', 'idle.mjs', { sigctl: HUP }),
      app('pair', 'idle.mjs', { instances: 2 }),
      app('web', 'clustered.mjs', {
        exec_mode: 'cluster',
        instances: 1,
        env: { PORT: String(port) },
        sigctl: { ready: { tcp: port } },
      }),
    ],
    sigctl: { watchdog: false },
  });
  const started = await rig.sigctl(['start']);
  assert.equal(started.exitCode, 0, started.stdout);
  const before = [rig.pid('rereads'), rig.pid('pair-0'), rig.pid('pair-1')];
  const clustered = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
  const worker = await clustered();
  const done = await rig.sigctl(['reload', 'rereads', 'pair', 'web']);
  assert.equal(done.exitCode, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /✔ pair +reloaded in .*its 2 processes were restarted one after the other/);
  assert.equal(rig.pid('rereads'), before[0]);
  assert.equal(rig.log('rereads').match(/reads/g)?.length, 2);
  assert.equal(before.includes(rig.pid('pair-0')) || before.includes(rig.pid('pair-1')), false);
  assert.notEqual(await clustered(), worker);
  const died = await rig.sigctl(['reload', 'dies']);
  assert.equal(died.exitCode, 1);
  assert.match(
    died.stdout,
    /✖ dies {2}it ended at SIGHUP instead of reloading\n( {4}│ .*\n)* {4}next: sigctl logs dies/,
  );
});

test('reload --or-restart restarts what cannot reload or changed, and stops at the first that fails', async (t) => {
  const port = await freePort();
  const apps = (script: string) => [
    website(port),
    app('first', script),
    app('second', 'idle.mjs', { sigctl: { after: ['first'] } }),
  ];
  const rig = await startRig(t, { apps: apps('idle.mjs') });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pids = () => ['website', 'first', 'second'].map(rig.pid);
  const watchdog = rig.pid('watchdog');
  const before = pids();
  const good = await rig.sigctl(['reload', '--or-restart']);
  assert.equal(good.exitCode, 0, good.stdout + good.stderr);
  const now = pids();
  assert.deepEqual(
    now.map((pid, index) => pid === before[index]),
    [true, false, false],
  );
  assert.notEqual(rig.pid('watchdog'), watchdog);
  rig.writeManifest({ apps: apps('crashes-at-once.mjs') });
  const bad = await rig.sigctl(['reload', '--or-restart', '--json']);
  assert.equal(bad.exitCode, 1);
  const { outcomes } = JSON.parse(bad.stdout);
  assert.deepEqual(
    outcomes.map((one: { service: string; kind: string }) => `${one.service} ${one.kind}`),
    ['website reloaded', 'first failed', 'second skipped'],
  );
  assert.equal(rig.pid('second'), now[2]);
});
