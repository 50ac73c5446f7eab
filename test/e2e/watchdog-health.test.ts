import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { isPidAlive } from './alive.js';
import { app, startRig, until } from './rig.js';
import { eventOf, events, watchedApp, watching } from './watched.js';

/** Some beats more than the fixtures need: a machine that also runs other tests holds them up. */
const BEAT = { ready: { heartbeat: true, within: '30s' }, health: { heartbeat: '1500ms' } };

for (const how of ['spin', 'wait']) {
  test(`a service that blocks its event loop for good (${how}) is looked into, ended and running again`, async (t) => {
    const rig = await startRig(t, {
      apps: [
        watchedApp('web', 'hangs-once.mjs', { args: [how], kill_timeout: 1_000, sigctl: BEAT }),
        app('other', 'idle.mjs'),
      ],
    });
    assert.equal((await rig.sigctl(['start'])).exitCode, 0);
    const [first, other] = [rig.pid('web'), rig.pid('other')];
    const snapshot = await eventOf(rig, 'web', 'snapshot');
    assert.deepEqual({ cause: snapshot.cause, pid: snapshot.pid }, { cause: 'hung', pid: first });
    assert.equal(snapshot.detail?.['processState'], how === 'spin' ? 'R' : 'S');
    assert.match(String(snapshot.logTail), /about to hang/);
    const exit = await eventOf(rig, 'web', 'exit');
    assert.deepEqual(
      { cause: exit.cause, actor: exit.actor, pid: exit.pid },
      { cause: 'hung', actor: 'watchdog', pid: first },
    );
    assert.match(String(exit.detail?.['reason']), /last heartbeat .* ago, limit 1\.5s/);
    await until(async () => (await rig.report('web')).verdict === 'healthy' && rig.pid('web') !== first);
    assert.equal(isPidAlive(first), false);
    assert.equal(rig.pid('other'), other);
  });
}

test('a service that is stopped by SIGSTOP is hung, and restarted in order', async (t) => {
  const rig = await startRig(t, { apps: [watchedApp('web', 'hourly.mjs', { sigctl: BEAT })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  const first = rig.pid('web');
  process.kill(first, 'SIGSTOP');
  const exit = await eventOf(rig, 'web', 'exit');
  assert.deepEqual(
    { cause: exit.cause, code: exit.exitCode, signal: exit.exitSignal },
    { cause: 'hung', code: 0, signal: null },
  );
  assert.equal((await eventOf(rig, 'web', 'snapshot')).detail?.['processState'], 'T');
  await until(async () => (await rig.report('web')).verdict === 'healthy');
});

test('frozen work of a service that beats is stale: with on_stale restart it is restarted, with alert only looked into', async (t) => {
  const sigctl = (on_stale: string) => ({ ...BEAT, health: { heartbeat: '5s', on_stale } });
  const rig = await startRig(t, {
    apps: [
      watchedApp('again', 'freezes.mjs', { sigctl: sigctl('restart') }),
      watchedApp('told', 'freezes.mjs', { sigctl: sigctl('alert') }),
      watchedApp('ignored', 'freezes.mjs', { sigctl: sigctl('ignore') }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const [told, ignored] = [rig.pid('told'), rig.pid('ignored')];
  const exit = await eventOf(rig, 'again', 'exit');
  assert.deepEqual({ cause: exit.cause, code: exit.exitCode }, { cause: 'stale', code: 0 });
  assert.match(String(exit.detail?.['reason']), /last cycle .* ago, limit 1.5s/);
  const snapshot = await eventOf(rig, 'told', 'snapshot');
  // Its event loop turns, so that it tells of itself; the environment stays where it is.
  const node = snapshot.detail?.['node'] as { heapUsedBytes: number; handles: Record<string, number> };
  assert.ok(node.heapUsedBytes > 1_000_000 && (node.handles['timer'] ?? 0) >= 1);
  assert.doesNotMatch(JSON.stringify(snapshot), /SIGCTL_HOME|environmentVariables/);
  // The watchdog looked at it again and again by now.
  await until(() => events(rig, 'again').filter(({ kind }) => kind === 'exit').length >= 2);
  assert.deepEqual([rig.pid('told'), rig.pid('ignored')], [told, ignored]);
  assert.equal(events(rig, 'told').filter(({ kind }) => kind === 'snapshot').length, 1);
  assert.deepEqual(
    events(rig, 'ignored').filter(({ kind }) => kind === 'snapshot' || kind === 'exit'),
    [],
  );
});

test('an idle service with a cycle of one hour, and one that writes no heartbeat at all, are never touched', async (t) => {
  const rig = await startRig(t, {
    apps: [
      watchedApp('hourly', 'hourly.mjs', { sigctl: { ...BEAT, health: { heartbeat: '2s', on_stale: 'restart' } } }),
      app('plain', 'idle.mjs'),
      watchedApp('again', 'freezes.mjs', { sigctl: { ...BEAT, health: { heartbeat: '5s', on_stale: 'restart' } } }),
    ],
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const pids = ['hourly', 'plain'].map(rig.pid);
  // A neighbour was judged and restarted twice meanwhile.
  await until(() => events(rig, 'again').filter(({ kind }) => kind === 'exit').length >= 2);
  assert.deepEqual(['hourly', 'plain'].map(rig.pid), pids);
  assert.equal((await rig.report('hourly')).verdict, 'healthy');
});

test('a table that somebody holds locked makes everybody silent, and nobody is ended for it', async (t) => {
  const rig = await startRig(t, { apps: [watchedApp('web', 'hourly.mjs', { sigctl: BEAT })] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await watching(rig);
  const pid = rig.pid('web');
  const db = new BetterSqlite3(join(rig.home, 'status.db'));
  db.exec('BEGIN IMMEDIATE');
  await until(() => rig.log('watchdog').includes('"to":"hung"'));
  db.exec('COMMIT');
  db.close();
  await until(() => rig.log('watchdog').includes('"from":"hung","to":"healthy"'));
  assert.equal(rig.pid('web'), pid);
  assert.deepEqual(
    events(rig, 'web').filter(({ kind }) => kind === 'snapshot' || kind === 'exit'),
    [],
  );
});
