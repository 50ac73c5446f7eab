import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, type Rig, startRig, until } from './rig.js';

const migrate = (end: string, rest: Record<string, unknown> = {}) =>
  app('migrate', 'ends-as-told.mjs', { env: { END: end }, sigctl: { oneshot: true, ...rest } });
const WEB = app('web', 'idle.mjs', { sigctl: { needs: ['migrate'] } });
const rigOf = (t: Parameters<typeof startRig>[0], ...apps: readonly unknown[]) =>
  startRig(t, { apps, sigctl: { watchdog: false, modes: { all: '*', job: ['migrate'] } } });
const runs = (rig: Rig): number => rig.log('migrate').split('about to end').length - 1;

test('start is done when a oneshot service has done its work, and then starts what needs it', async (t) => {
  const rig = await rigOf(t, migrate('0'), WEB);
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 0, run.stdout);
  assert.match(run.stdout, /migrate\s+completed in \S+ \(code 0\)/);
  assert.match(run.stdout, /web\s+ready/);
  const report = await rig.report('migrate');
  assert.deepEqual([report.verdict, report.wanted, report.next], ['stopped', true, null]);
  assert.match(report.reason, /^completed with code 0, .* ago$/);
  assert.equal((await rig.sigctl(['status', '--check'])).exitCode, 0);
});

test('a oneshot service that did its work runs again only when it is named, or after a stop', async (t) => {
  const rig = await rigOf(t, migrate('0'), WEB);
  assert.equal((await rig.sigctl(['mode', 'all'])).exitCode, 0);
  assert.equal(runs(rig), 1);
  assert.match((await rig.sigctl(['mode', 'job', '--dry-run'])).stdout, /keep +migrate +completed/);
  const again = await rig.sigctl(['start']);
  assert.match(again.stdout, /migrate\s+completed before \(code 0\); again: sigctl start migrate/);
  assert.equal((await rig.sigctl(['mode', 'all'])).exitCode, 0);
  assert.equal((await rig.sigctl(['start', 'web'])).exitCode, 0);
  const pid = rig.pid('web');
  assert.equal((await rig.sigctl(['restart'])).exitCode, 0);
  assert.notEqual(rig.pid('web'), pid);
  assert.equal(runs(rig), 1);

  assert.equal((await rig.sigctl(['start', 'migrate'])).exitCode, 0);
  assert.equal(runs(rig), 2);
  assert.equal((await rig.sigctl(['restart', 'migrate'])).exitCode, 0);
  assert.equal(runs(rig), 3);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.equal((await rig.report('migrate')).verdict, 'stopped');
  assert.equal((await rig.sigctl(['mode', 'all'])).exitCode, 0);
  assert.equal(runs(rig), 4);
});

test('a oneshot service that fails, or is killed, fails the start and what needs it, and is down', async (t) => {
  for (const [end, words] of [
    ['3', 'exited with code 3'],
    ['SIGKILL', 'killed by SIGKILL'],
  ] as const) {
    const rig = await rigOf(t, migrate(end), WEB);
    const run = await rig.sigctl(['start']);
    assert.equal(run.exitCode, 1);
    assert.match(run.stdout, new RegExp(`migrate\\s+(was )?${words}\\n`));
    assert.match(run.stdout, /web\s+not started: needs migrate, which did not start/);
    const report = await rig.report('migrate');
    assert.deepEqual([report.verdict, report.next], ['down', 'sigctl start migrate']);
    assert.ok(report.reason.startsWith(words), report.reason);
    assert.equal(runs(rig), 1);
  }
});

test('a success code of the manifest is a success, and code 0 is none where the manifest has others', async (t) => {
  const rig = await rigOf(t, migrate('4', { restart: { success: [4] } }));
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.match((await rig.report('migrate')).reason, /^completed with code 4/);
  rig.writeManifest({ apps: [migrate('0', { restart: { success: [4] } })], sigctl: { watchdog: false } });
  assert.equal((await rig.sigctl(['start', 'migrate'])).exitCode, 1);
  assert.equal((await rig.report('migrate')).verdict, 'down');
});

test('a oneshot service with a rule of its own is ready by that, and completes later', async (t) => {
  const rig = await rigOf(
    t,
    app('migrate', 'works-a-while.mjs', { sigctl: { oneshot: true, ready: { log: 'half way', within: '60s' } } }),
  );
  const run = await rig.sigctl(['start']);
  assert.match(run.stdout, /migrate\s+ready in/);
  assert.equal((await rig.report('migrate')).verdict, 'healthy');
  process.kill(rig.pid('migrate'), 'SIGUSR2');
  await until(async () => (await rig.report('migrate')).verdict === 'stopped');
});
