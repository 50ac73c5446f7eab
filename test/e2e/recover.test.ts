import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProcStat } from '../../src/process/proc-stat.js';
import { acquireStackLock } from '../../src/store/stack-lock.js';
import { isPidAlive } from './alive.js';
import { startFrailDaemon } from './frail-daemon.js';
import { app, collect, kill, type Rig, startRig, until } from './rig.js';
import { events, watchedApp, watching } from './watched.js';

interface Report {
  readonly ok: boolean;
  readonly did: readonly string[];
  readonly daemon: { readonly life: string; readonly pid: number | null };
  readonly watchdog: { readonly life: string; readonly pid: number | null };
  readonly services: readonly string[];
  readonly failed: readonly string[];
}

async function recover(rig: Rig): Promise<Report & { readonly exitCode: number | null }> {
  const { stdout, stderr, exitCode } = await rig.sigctl(['recover', '--json']);
  assert.ok(stdout.startsWith('{'), stdout + stderr);
  return { ...(JSON.parse(stdout) as Report), exitCode };
}

/** Nobody is left who would start anything again. */
async function killBoth(rig: Rig): Promise<void> {
  const both = [rig.pid('pm2'), rig.pid('watchdog')];
  for (const pid of both) kill(pid);
  await until(() => !both.some(isPidAlive));
}

/** All of them are children of PM2's daemon. */
async function areUnderPm2(rig: Rig, keys: readonly string[]): Promise<void> {
  await until(() => keys.every((key) => readProcStat(rig.pid(key))?.ppid === rig.pid('pm2')));
}

/** As many watchdogs have begun to watch. */
async function watchingAgain(rig: Rig, count: number): Promise<void> {
  await until(() => rig.log('watchdog').split('"watches"').length > count);
}

function assertNoGap(rig: Rig, key: string): void {
  const seen = [...rig.log(key).matchAll(/^count (\d+)$/gm)].map((match) => Number(match[1]));
  assert.ok(seen.length > 1);
  assert.deepEqual(
    seen,
    seen.map((_, index) => index + 1),
  );
}

const taken = (rig: Rig, key: string, kind: string) =>
  events(rig, key).filter((event) => event.kind === kind && event.cause === 'taken-back');

test('PM2 and the watchdog killed in one moment under load: status and doctor name the command, two at once bring all back, the next changes nothing, and the line of the crontab does the same', async (t) => {
  const rig = await startRig(t, {
    apps: [
      watchedApp('a', 'counts-on.mjs'),
      watchedApp('b', 'counts-on.mjs', { sigctl: { after: ['a'] } }),
      app('off', 'idle.mjs'),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop', 'off'])).exitCode, 0);
  await watching(rig);
  await killBoth(rig);
  const status = await rig.sigctl(['status']);
  assert.match(status.stdout, /^PM2 and the watchdog are gone: sigctl recover$/m);
  const { findings } = JSON.parse((await rig.sigctl(['doctor', '--json'])).stdout);
  for (const code of ['DAEMON_DOWN', 'WATCHDOG_DOWN'])
    assert.equal(findings.find((each: { code: string }) => each.code === code)?.mend, 'sigctl recover');

  const [first, second] = await Promise.all([recover(rig), recover(rig)]);
  assert.deepEqual([first.exitCode, second.exitCode, first.ok, second.ok], [0, 0, true, true]);
  assert.deepEqual([...first.did, ...second.did].sort(), ['start-daemon', 'start-watchdog']);
  assert.deepEqual([first.services, first.daemon.life, first.watchdog.life], [['a', 'b'], 'answers', 'lives']);
  await until(() => ['a', 'b'].every((key) => taken(rig, key, 'ready').length > 0));
  await areUnderPm2(rig, ['a', 'b', 'watchdog']);
  assert.equal((await rig.report('off')).verdict, 'stopped');

  const keys = ['a', 'b', 'watchdog', 'pm2'];
  const pids = keys.map(rig.pid);
  const again = await recover(rig);
  assert.deepEqual([again.exitCode, again.ok, again.did], [0, true, []]);
  assert.deepEqual(keys.map(rig.pid), pids);
  const quiet = await rig.sigctl(['recover', '--quiet']);
  assert.deepEqual([quiet.exitCode, quiet.stdout, quiet.stderr], [0, '', '']);
  assert.deepEqual(
    (await rig.reports()).map(({ verdict }) => verdict),
    ['healthy', 'healthy', 'stopped'],
  );

  // The line of the crontab, as cron runs it.
  const lines = (await rig.sigctl(['startup', '--print', '--cron'])).stdout.split('\n');
  const line = lines.find((text) => text.startsWith('* * * * *'))?.slice('* * * * *'.length) ?? assert.fail('no line');
  await watchingAgain(rig, 2);
  await killBoth(rig);
  const cron = spawn('/usr/bin/env', ['-i', 'PATH=/usr/bin:/bin', '/bin/sh', '-c', line.replaceAll('\\%', '%')]);
  assert.equal((await collect(cron)).exitCode, 0);
  await until(() => ['a', 'b'].every((key) => taken(rig, key, 'ready').length === 2));
  await areUnderPm2(rig, ['a', 'b', 'watchdog']);

  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  for (const key of ['a', 'b']) {
    assertNoGap(rig, key);
    assert.deepEqual([taken(rig, key, 'exit').length, taken(rig, key, 'start').length], [2, 2]);
  }
  assert.equal(events(rig, 'pm2').filter(({ cause }) => cause === 'pm2-death').length, 2);
  const nothing = await rig.sigctl(['recover']);
  assert.equal(nothing.exitCode, 0, nothing.stderr);
  assert.match(nothing.stdout, /^- nothing to recover: no service that should run/);
  assert.ok(!pids.some(isPidAlive) && !existsSync(`${rig.home}/run/a.pid`));
});

test('without a watchdog in the manifest recover itself takes the services back, the lost one too; one that is interrupted while it waits ends with 130 or 143', async (t) => {
  const rig = await startRig(t, {
    apps: [
      watchedApp('a', 'counts-on.mjs', { sigctl: { after: ['lost'] } }),
      app('lost', 'idle.mjs'),
      app('off', 'idle.mjs'),
    ],
    sigctl: { watchdog: false },
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop', 'off'])).exitCode, 0);
  const [daemon, lost] = [rig.pid('pm2'), rig.pid('lost')];
  kill(daemon);
  kill(lost);
  await until(() => !isPidAlive(daemon) && !isPidAlive(lost));
  assert.match((await rig.sigctl(['status'])).stdout, /^PM2 is gone: sigctl recover$/m);
  const release = await acquireStackLock({
    folder: join(rig.home, 'run'),
    holder: { pid: process.pid, command: 'mode full' },
    waitMs: 0,
    onWait: () => assert.fail('nobody holds it'),
    signal: new AbortController().signal,
  });
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = rig.spawn(['recover']);
    child.stderr?.on('data', (text: Buffer) => {
      if (text.includes('waiting for "sigctl mode full"')) child.kill(signal);
    });
    assert.equal((await collect(child)).exitCode, exitCode);
  }
  release();
  assert.equal(isPidAlive(rig.pid('pm2')), false);
  const done = await recover(rig);
  assert.deepEqual([done.exitCode, done.did, done.failed], [0, ['start-daemon', 'take-back'], []]);
  assert.deepEqual(done.watchdog, { life: 'off', pid: null });
  await areUnderPm2(rig, ['a', 'lost']);
  assert.equal((await rig.report('off')).verdict, 'stopped');
  assert.deepEqual((await recover(rig)).did, []);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assertNoGap(rig, 'a');
});

test('recover and a watchdog that recovers at the same moment: one daemon, each service taken back once', async (t) => {
  const rig = await startRig(t, { apps: [watchedApp('a', 'counts-on.mjs'), watchedApp('b', 'counts-on.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  const daemon = rig.pid('pm2');
  kill(daemon);
  await until(() => !isPidAlive(daemon));
  // One after the other, for as long as the watchdog is at it.
  while (!['a', 'b'].every((key) => taken(rig, key, 'ready').length > 0)) {
    const run = await recover(rig);
    assert.deepEqual([run.exitCode, run.ok], [0, true]);
  }
  await areUnderPm2(rig, ['a', 'b', 'watchdog']);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  for (const key of ['a', 'b']) {
    assertNoGap(rig, key);
    assert.deepEqual([taken(rig, key, 'exit').length, taken(rig, key, 'start').length], [1, 1]);
  }
  assert.equal(events(rig, 'pm2').filter(({ kind }) => kind === 'start').length, 2);
});

test('where nothing was ever started recover does nothing and leaves no state', async (t) => {
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')] });
  const run = await recover(rig);
  assert.deepEqual([run.exitCode, run.ok, run.did, run.services], [0, true, [], []]);
  assert.equal(existsSync(rig.home), false);
});

test('a PM2 that was stopped by a signal is continued by recover where no watchdog does it', async (t) => {
  if (process.env['SIGCTL_LONG'] !== '1') return t.skip('SIGCTL_LONG=1: it has to be silent for ten seconds');
  const rig = await startRig(t, { apps: [app('a', 'idle.mjs')], sigctl: { watchdog: false } });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [daemon, a] = [rig.pid('pm2'), rig.pid('a')];
  kill(daemon, 'SIGSTOP');
  const done = await recover(rig);
  assert.deepEqual([done.exitCode, done.ok, done.daemon], [0, true, { life: 'answers', pid: daemon }]);
  assert.equal(rig.pid('a'), a);
});

test('a PM2 that hangs is replaced by recover where no watchdog does it, and the services are taken back', async (t) => {
  if (process.env['SIGCTL_LONG'] !== '1') return t.skip('SIGCTL_LONG=1: a daemon that is new gets a minute');
  const rig = await startRig(t, { apps: [watchedApp('a', 'counts-on.mjs')], sigctl: { watchdog: false } });
  await startFrailDaemon(rig);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const silent = rig.pid('pm2');
  kill(silent, 'SIGWINCH');
  const done = await recover(rig);
  assert.deepEqual([done.exitCode, done.did], [0, ['replace-daemon', 'start-daemon', 'take-back']]);
  assert.equal(isPidAlive(silent), false);
  await areUnderPm2(rig, ['a']);
  const hung = events(rig, 'pm2').find(({ cause }) => cause === 'hung');
  assert.deepEqual([hung?.pid, hung?.actor?.split(' ')[0]], [silent, 'operator']);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assertNoGap(rig, 'a');
});
