import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  claimAlerts,
  clearDead,
  enqueueAlert,
  holdChannel,
  postponeAlert,
  pruneAlerts,
  releaseClaims,
  retryDead,
  settleDead,
  settleDelivered,
  settleStranded,
} from '../../src/store/alert-outbox.js';
import { readOutbox, readUndelivered } from '../../src/store/alert-rows.js';
import type { StatusDb } from '../../src/store/open.js';
import { alertOf, START_MS } from '../services/watchdog/alert-rig.js';
import { twoConnections } from './two-connections.js';

const LEASE_MS = 30_000;
const enqueue = (
  db: StatusDb,
  id: string,
  subject = 'trading',
  channels: readonly ('telegram' | 'webhook')[] = ['webhook'],
) => enqueueAlert(db, { channels, dedupeKey: subject, alert: alertOf(id, { subject }) });
const claim = (db: StatusDb, nowMs = START_MS) =>
  claimAlerts(db, { channel: 'webhook', nowMs, leaseMs: LEASE_MS, limit: 10 }).map(({ id, alert, isUncertain }) => ({
    id,
    alert: alert.id,
    isUncertain,
  }));

test('an alert goes to each channel once, however often the channel is named', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1', 'trading', ['webhook', 'telegram', 'webhook']);
  assert.deepEqual(
    readOutbox(a, 10)
      .map(({ channel }) => channel)
      .sort(),
    ['telegram', 'webhook'],
  );
});

test('one that waits becomes the newer one, counts, and keeps what the older would have told', (t) => {
  const { a } = twoConnections(t);
  for (let index = 1; index <= 12; index++) enqueue(a, `a${index}`);
  const [row, ...others] = readOutbox(a, 10);
  assert.deepEqual(others, []);
  assert.equal(row?.alert.id, 'a12');
  assert.equal(row?.count, 12);
  assert.equal(row?.alert.earlier.length, 5);
});

test('what is being sent is left alone; the newer one waits until it is settled', (t) => {
  const { a, b } = twoConnections(t);
  enqueue(a, 'a1');
  const [first] = claim(b);
  assert.ok(first);
  enqueue(a, 'a2');
  enqueue(a, 'a3');
  assert.deepEqual(claim(b), []);
  settleDelivered(b, first.id, START_MS);
  assert.deepEqual(
    claim(b).map(({ alert }) => alert),
    ['a3'],
  );
});

test('of two connections that claim, one gets it; when it died, its rows are due after the lease, or when its successor starts', (t) => {
  const { a, b } = twoConnections(t);
  enqueue(a, 'a1');
  assert.equal(claim(a).length, 1);
  assert.deepEqual(claim(b), []);
  assert.deepEqual(claim(b, START_MS + LEASE_MS - 1), []);
  assert.deepEqual(
    claim(b, START_MS + LEASE_MS).map(({ isUncertain }) => isUncertain),
    [true],
  );
  releaseClaims(a, START_MS + LEASE_MS);
  assert.equal(claim(a, START_MS + LEASE_MS).length, 1);
});

test('a row of another key does not wait for one that is postponed', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1');
  const [first] = claim(a);
  assert.ok(first);
  postponeAlert(a, { id: first.id, nextAtMs: START_MS + 60_000, error: 'ECONNREFUSED', isUncertain: false });
  enqueue(a, 'a2', 'website');
  assert.deepEqual(
    claim(a).map(({ alert }) => alert),
    ['a2'],
  );
});

test('a channel that is held gives nothing until then; a time that a clock put back made absurd does not count', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1');
  holdChannel(a, 'webhook', START_MS + 10_000);
  assert.deepEqual(claim(a, START_MS + 9_999), []);
  holdChannel(a, 'webhook', START_MS + 86_400_000);
  assert.equal(claim(a, START_MS + 9_999).length, 1);
});

test('what is dead is counted with its reason until it is retried or cleared', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1');
  assert.equal(readUndelivered(a), undefined);
  const [first] = claim(a);
  assert.ok(first);
  settleDead(a, first.id, START_MS, '403 Forbidden');
  assert.deepEqual(readUndelivered(a), {
    count: 1,
    dead: 1,
    oldestAtMs: START_MS,
    channel: 'webhook',
    error: '403 Forbidden',
  });
  assert.equal(retryDead(a, START_MS + 1, ['telegram']), 0);
  assert.equal(retryDead(a, START_MS + 1, ['webhook', 'telegram']), 1);
  assert.deepEqual(
    claim(a, START_MS + 1).map(({ alert }) => alert),
    ['a1'],
  );
  settleDead(a, first.id, START_MS, '403 Forbidden');
  assert.equal(clearDead(a), 1);
  assert.equal(readUndelivered(a), undefined);
});

test('settleStranded() gives up what waits for a channel that is gone, also in the middle of an attempt, and nothing else', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1', 'trading', ['webhook', 'telegram']);
  claim(a);
  enqueue(a, 'a2', 'website', ['webhook']);
  settleStranded(a, START_MS + 5, ['telegram', 'command']);
  const rows = readOutbox(a, 10).map(({ channel, state, lastError, settledAtMs }) => [
    channel,
    state,
    lastError,
    settledAtMs,
  ]);
  const gone = ['webhook', 'dead', 'the manifest no longer names a webhook channel', START_MS + 5];
  assert.deepEqual(rows, [['telegram', 'pending', null, null], gone, gone]);
  settleStranded(a, START_MS + 9, []);
  assert.deepEqual(
    readOutbox(a, 10)
      .map(({ channel, settledAtMs }) => `${channel} ${settledAtMs}`)
      .sort(),
    [`telegram ${START_MS + 9}`, `webhook ${START_MS + 5}`, `webhook ${START_MS + 5}`],
  );
});

test('pruneAlerts() forgets what was settled long ago, and never what waits', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1');
  const [first] = claim(a);
  assert.ok(first);
  settleDelivered(a, first.id, START_MS);
  enqueue(a, 'a2');
  pruneAlerts(a, START_MS + 1);
  assert.deepEqual(
    readOutbox(a, 10).map(({ alert }) => alert.id),
    ['a2'],
  );
});

test('a row that holds something impossible is given up with the reason, and the others go', (t) => {
  const { a } = twoConnections(t);
  enqueue(a, 'a1', 'website');
  enqueue(a, 'a2');
  a.exec(`UPDATE alert_outbox SET body_json = '{"id": 7}' WHERE dedupe_key = 'website'`);
  assert.deepEqual(
    claim(a).map(({ alert }) => alert),
    ['a2'],
  );
  assert.match(readUndelivered(a)?.error ?? '', /alert_outbox/);
});
