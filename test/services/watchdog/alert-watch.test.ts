import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Verdict } from '../../../src/core/verdict.js';
import { homePaths } from '../../../src/process/home.js';
import { createAlertWatch, type Sighting } from '../../../src/services/watchdog/alerts/alert-watch.js';
import { judgeDaemon, sightDisk } from '../../../src/services/watchdog/alerts/stack-sightings.js';
import { readAlertMemories } from '../../../src/store/alert-memory.js';
import { readOutbox } from '../../../src/store/alert-rows.js';
import { tempFolder } from '../../service/rig.js';
import { WATCH_POLICY } from '../../stack-literals.js';
import { twoConnections } from '../../store/two-connections.js';
import { START_MS } from './alert-rig.js';

const CHANNELS = [{ kind: 'command', command: 'true' }] as const;

function rig(
  t: TestContext,
  policy = { ...WATCH_POLICY.alerts, channels: CHANNELS as readonly (typeof CHANNELS)[0][] },
) {
  const { a: db } = twoConnections(t);
  let nowMs = START_MS;
  let ids = 0;
  const open = () =>
    createAlertWatch({
      db,
      policy,
      stack: 'demo',
      host: 'box',
      nowMs: () => nowMs,
      newId: () => `id-${++ids}`,
      mask: (text) => text.replaceAll('hunter2', '*****'),
    });
  let watch = open();
  return {
    db,
    pass: (ms: number) => {
      nowMs += ms;
    },
    restart: () => {
      watch = open();
    },
    see: (...sightings: readonly Sighting[]) => watch.observe(sightings),
    told: () =>
      readOutbox(db, 100)
        .map(({ alert, count }) => `${alert.kind} ${alert.subject} ${alert.verdict} ×${count}`)
        .sort(),
  };
}

const trading = (verdict: Verdict, reason = 'because'): Sighting => ({
  service: 'trading',
  instance: '0',
  name: 'trading',
  verdict,
  reason,
  next: null,
});

test('what was told is remembered across a restart of the watchdog, and told no second time', (t) => {
  const { see, told, restart, pass } = rig(t);
  see(trading('crash-loop'));
  assert.deepEqual(told(), ['alert trading crash-loop ×1']);
  restart();
  pass(60_000);
  see(trading('crash-loop'));
  assert.deepEqual(told(), ['alert trading crash-loop ×1']);
});

test('a recovery after a restart is told, and is one message with the alert that was not sent yet', (t) => {
  const { see, told, restart, pass, db } = rig(t);
  see(trading('crash-loop', 'exited with code 3'));
  restart();
  see(trading('healthy'));
  pass(5_000);
  see(trading('healthy'));
  assert.deepEqual(told(), ['recovery trading healthy ×2']);
  const [row] = readOutbox(db, 1);
  assert.equal(row?.alert.previous, 'crash-loop');
  assert.equal(row?.alert.earlier[0]?.reason, 'exited with code 3');
});

test('a service that left the manifest while it was in trouble is called off once, and forgotten', (t) => {
  const { see, told, pass, db } = rig(t);
  see(trading('crash-loop'));
  see();
  pass(5_000);
  see();
  see();
  assert.deepEqual(told(), ['recovery trading stopped ×2']);
  assert.deepEqual(readAlertMemories(db), []);
});

test('without a channel nothing is told, and a channel that comes later tells what holds then', (t) => {
  const { a: db } = twoConnections(t);
  const deps = {
    db,
    stack: 'demo',
    host: 'box',
    nowMs: () => START_MS,
    newId: () => 'id',
    mask: (text: string) => text,
  };
  const none = createAlertWatch({ ...deps, policy: WATCH_POLICY.alerts });
  none.observe([trading('crash-loop')]);
  assert.deepEqual(readOutbox(db, 10), []);
  assert.equal(readAlertMemories(db)[0]?.memory.alerted, null);
  createAlertWatch({ ...deps, policy: { ...WATCH_POLICY.alerts, channels: CHANNELS } }).observe([
    trading('crash-loop'),
  ]);
  assert.equal(readOutbox(db, 10).length, 1);
});

test('a secret in the reason of a service does not get into the outbox', (t) => {
  const { see, db } = rig(t);
  see(trading('crash-loop', 'login with hunter2 failed'));
  assert.doesNotMatch(JSON.stringify(db.prepare('SELECT * FROM alert_outbox').all()), /hunter2/);
});

test('an alert that cannot be written is not taken for told', (t) => {
  const { see, told, db } = rig(t);
  db.exec('ALTER TABLE alert_outbox RENAME TO away');
  assert.throws(() => see(trading('crash-loop')), /alert_outbox/);
  db.exec('ALTER TABLE away RENAME TO alert_outbox');
  see(trading('crash-loop'));
  assert.deepEqual(told(), ['alert trading crash-loop ×1']);
});

test('the death of PM2 is seen by its absence, by another pid, and a stopped one by its state', () => {
  assert.equal(judgeDaemon(undefined, 7, 'S').verdict, 'healthy');
  assert.equal(judgeDaemon(7, 7, 'S').verdict, 'healthy');
  assert.deepEqual(judgeDaemon(7, undefined, undefined), {
    verdict: 'down',
    reason: "PM2's daemon (pid 7) is gone: services run on",
    next: 'sigctl status',
    atOnce: true,
  });
  assert.equal(judgeDaemon(7, 9, 'S').verdict, 'down');
  assert.equal(judgeDaemon(9, 9, 'T').verdict, 'hung');
});

test('a disk with less free space than the manifest wants is degraded, with both figures', (t) => {
  const folder = tempFolder(t);
  const paths = homePaths(folder, folder);
  assert.equal(sightDisk(paths, 1)[0]?.verdict, 'healthy');
  const [low] = sightDisk(paths, Number.MAX_SAFE_INTEGER);
  assert.equal(low?.verdict, 'degraded');
  assert.match(low?.reason ?? '', /^[\d.]+ [GMT]B free, below [\d.]+ [GTP]B: log segments go, oldest first$/);
});

test('a reason is kept without its secrets, and a memory that nobody can read is as good as none', (t) => {
  const { db, see, told, restart, pass } = rig(t);
  see(trading('down', 'refused the key hunter2'));
  db.prepare("UPDATE service_verdicts SET verdict = 'splendid'").run();
  restart();
  see(trading('down', 'refused the key hunter2'));
  pass(60_000);
  see(trading('down', 'refused the key hunter2'));
  assert.deepEqual(told(), ['alert trading down ×1']);
  assert.deepEqual(db.prepare('SELECT verdict, reason FROM service_verdicts').all(), [
    { verdict: 'down', reason: 'refused the key *****' },
  ]);
});
