import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProcStat } from '../../src/process/proc-stat.js';
import { isPidAlive } from './alive.js';
import { startFrailDaemon } from './frail-daemon.js';
import { app, kill, type Rig, startRig, until } from './rig.js';
import { eventOf, events, watchedApp, watching } from './watched.js';

const SERVICES = ['steady', 'other'];

async function startUnderFrail(rig: Rig): Promise<void> {
  await startFrailDaemon(rig);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
}

async function isReplaced(rig: Rig, silent: number): Promise<void> {
  const isBack = (key: string) => readProcStat(rig.pid(key))?.ppid === rig.pid('pm2');
  await until(() => rig.pid('pm2') !== silent && [...SERVICES, 'watchdog'].every(isBack));
  assert.equal(isPidAlive(silent), false);
  const exit = await eventOf(rig, 'pm2', 'exit', 'hung');
  assert.deepEqual({ actor: exit.actor, pid: exit.pid }, { actor: 'watchdog', pid: silent });
  assert.match(String(exit.detail?.['reason']), /lived and was silent: it did not answer for \d\ds \(\d+ questions\)/);
  for (const service of SERVICES) {
    const start = await eventOf(rig, service, 'start', 'taken-back');
    assert.equal(start.actor, 'watchdog');
  }
}

test('a PM2 that hangs keeps no command from the lock, and is replaced: services live on and are taken back', async (t) => {
  const rig = await startRig(t, {
    apps: [watchedApp('steady', 'counts-on.mjs'), app('other', 'idle.mjs'), app('off', 'idle.mjs')],
  });
  await startUnderFrail(rig);
  const [silent, other] = [rig.pid('pm2'), rig.pid('other')];
  kill(silent, 'SIGWINCH');
  // Nobody starts it again: the watchdog finds it lost, while PM2 is not there to be asked.
  kill(other);
  const isDecided = () => rig.log('watchdog').includes('"PM2 is replaced"');
  while (!isDecided()) {
    const stop = await rig.sigctl(['stop', 'off', '--wait', '0']);
    assert.ok(stop.exitCode === 0 || isDecided(), stop.stderr);
  }
  await isReplaced(rig, silent);
  assert.equal((await rig.report('off')).verdict, 'stopped');
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  const counts = [...rig.log('steady').matchAll(/^count (\d+)$/gm)].map((match) => Number(match[1]));
  assert.deepEqual(
    counts,
    counts.map((_, index) => index + 1),
  );
});

test('a PM2 whose socket was removed is replaced, and one that was stopped is continued', async (t) => {
  if (process.env['SIGCTL_LONG'] !== '1') return t.skip('SIGCTL_LONG=1: it takes half a minute');
  const rig = await startRig(t, { apps: [watchedApp('steady', 'counts-on.mjs'), app('other', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  const daemon = rig.pid('pm2');
  const services = SERVICES.map(rig.pid);
  kill(daemon, 'SIGSTOP');
  await until(() => rig.log('watchdog').includes('is sent SIGCONT'));
  await until(async () => (await rig.sigctl(['status', '--check'])).exitCode === 0);
  assert.deepEqual([rig.pid('pm2'), ...SERVICES.map(rig.pid)], [daemon, ...services]);
  assert.deepEqual(
    events(rig, 'steady').filter(({ kind }) => kind === 'exit'),
    [],
  );
  rmSync(join(rig.home, 'pm2/rpc.sock'));
  await isReplaced(rig, daemon);
});
