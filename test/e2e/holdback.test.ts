import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { identify } from '../../src/process/identity.js';
import { readLockHolders } from '../../src/process/lock-holders.js';
import { readCommandLine, startedAtMs } from '../../src/process/proc-stat.js';
import { listPids } from '../../src/process/tree.js';
import { app, kill, type Rig, startRig, until } from './rig.js';
import { watching } from './watched.js';

const restart = (policy: Record<string, unknown>) => ({ sigctl: { restart: policy } });
const crasher = (policy: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  app('crasher', 'ends-as-told.mjs', { env: { END: '3' }, ...rest, ...restart(policy) });
const rigOf = (t: Parameters<typeof startRig>[0], ...apps: readonly unknown[]) =>
  startRig(t, { apps, sigctl: { watchdog: false } });

const launchersOf = (rig: Rig) =>
  listPids().filter((pid) => readCommandLine(pid).includes(`${rig.home}/run/crasher.launch`));

test('a service that waits for its restart says when it comes; start does not wait for that, and stop ends it', async (t) => {
  const rig = await rigOf(t, crasher({ backoff: ['10m', '10m'] }));
  const run = await rig.sigctl(['start']);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /crasher\s+exited with code 3 before it was ready/);
  const report = await rig.report('crasher');
  assert.equal(report.verdict, 'down');
  assert.match(report.reason, /^exited with code 3, .* ago; restarts in 9m \d\ds \(exit 1 of 20 within 2m\)$/);
  assert.equal(report.next, 'sigctl logs crasher');
  assert.equal(launchersOf(rig).length, 1);

  // An operator who starts it does not wait, and what waited is gone.
  assert.equal((await rig.sigctl(['start'])).exitCode, 1);
  assert.equal(rig.log('crasher').split('about to end').length, 3);
  assert.equal(launchersOf(rig).length, 1);

  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.deepEqual(launchersOf(rig), []);
  const lock = `${rig.home}/run/crasher.lock`;
  assert.deepEqual(readLockHolders([lock]).get(lock), []);
});

test('the time that its launcher waited does not count as the life of a service', async (t) => {
  const rig = await rigOf(t, app('web', 'idle.mjs', { sigctl: { restart: { backoff: ['4s', '4s'] } } }));
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pid = rig.pid('web');
  kill(pid);
  await until(() => rig.pid('web') !== pid);
  const { uptimeMs } = await rig.report('web');
  const process = identify(rig.pid('web'));
  assert.ok(process !== undefined);
  const ageMs = Date.now() - startedAtMs(process.startToken, Date.now());
  assert.ok(uptimeMs !== null && uptimeMs < ageMs - 3_000, `${uptimeMs} of ${ageMs}`);
});

test('a launcher that waits goes on when PM2 dies, and start takes its place', async (t) => {
  const rig = await rigOf(t, crasher({ backoff: ['10m', '10m'] }));
  assert.equal((await rig.sigctl(['start'])).exitCode, 1);
  const [waiting] = launchersOf(rig);
  kill(rig.pid('pm2'));
  await until(async () =>
    (await rig.report('crasher')).reason.includes(`pid ${waiting} of its tree still holds the lock`),
  );
  assert.equal((await rig.sigctl(['start'])).exitCode, 1);
  assert.equal(rig.log('crasher').split('about to end').length, 3);
  const [next, ...others] = launchersOf(rig);
  assert.notEqual(next, waiting);
  assert.deepEqual(others, []);
});

test('a crash loop ends at the breaker without any sigctl process, and sigctl start closes the breaker', async (t) => {
  const rig = await rigOf(t, crasher({ backoff: ['1ms', '5ms'], breaker: { exits: 6, within: '2m' } }));
  assert.equal((await rig.sigctl(['start'])).exitCode, 1);
  await until(async () => (await rig.report('crasher')).verdict === 'crash-loop');
  const report = await rig.report('crasher');
  assert.match(
    report.reason,
    /^gave up after 6 exits within 2m; exited with code 3, .* ago; "sigctl start crasher" tries again$/,
  );
  assert.equal(report.restarts, 5);
  assert.equal(rig.log('crasher').split('about to end').length, 7);
  assert.deepEqual(launchersOf(rig), []);
  rig.writeManifest({
    apps: [app('crasher', 'idle.mjs', restart({ breaker: { exits: 6, within: '2m' } }))],
    sigctl: { watchdog: false },
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.report('crasher')).verdict, 'healthy');
});

test('a breaker that opens before the start gave up ends the start at once', async (t) => {
  const rig = await rigOf(t, crasher({ breaker: { exits: 1, within: '2m' } }));
  const run = await rig.sigctl(['start', '--json']);
  assert.equal(run.exitCode, 1);
  assert.equal(JSON.parse(run.stdout).outcomes[0].code, 'CRASHED');
  await until(async () => (await rig.report('crasher')).verdict === 'crash-loop');
});

test('a code that is not restarted ends a service for good, a signal does not', async (t) => {
  for (const [end, comesBack] of [
    ['2', false],
    ['0', false],
    ['SIGKILL', true],
  ] as const) {
    const rig = await rigOf(t, crasher({ never: [2, 0], backoff: ['1ms', '1ms'] }, { env: { END: end } }));
    assert.equal((await rig.sigctl(['start'])).exitCode, 1);
    if (comesBack) {
      await until(async () => ((await rig.report('crasher')).restarts ?? 0) > 2);
      assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
      continue;
    }
    await until(() => launchersOf(rig).length === 0);
    const report = await rig.report('crasher');
    assert.equal(report.verdict, 'down');
    assert.match(report.reason, new RegExp(`^exited with code ${end}, which is not restarted, .* ago$`));
    assert.deepEqual([report.next, report.restarts], ['sigctl start crasher', 0]);
  }
});

test('a schedule restarts a service as often as it says, and opens no breaker', async (t) => {
  const rig = await rigOf(
    t,
    app('busy', 'idle.mjs', {
      cron_restart: '* * * * * *',
      sigctl: { ready: { delay: '1ms' }, restart: { breaker: { exits: 2, within: '10m' } } },
    }),
  );
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(async () => ((await rig.report('busy')).restarts ?? 0) >= 4);
  await until(async () => (await rig.report('busy')).verdict === 'healthy');
});

test('doctor takes a launcher that waits for its turn for no leftover, and the watchdog removes the PID file meanwhile', async (t) => {
  const rig = await startRig(t, { apps: [app('web', 'idle.mjs', restart({ backoff: ['10m', '10m'] }))] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  kill(rig.pid('web'));
  await until(async () => (await rig.report('web')).reason.includes('restarts in'));
  await until(() => !existsSync(`${rig.home}/run/web.pid`));
  const { stdout } = await rig.sigctl(['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: readonly { code: string; subject: string | null }[] };
  const about = findings.filter(({ subject }) => subject === 'web').map(({ code }) => code);
  assert.deepEqual(about, ['SERVICE_DOWN']);
});
