import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { StatusRow } from '../../src/core/status-row.js';
import { SigctlError } from '../../src/errors.js';
import { openStatusDb, type StatusDb } from '../../src/store/open.js';
import {
  claimStatus,
  readStatuses,
  type StatusClaim,
  writeHeartbeat,
  writeProgress,
  writeState,
} from '../../src/store/service-status.js';
import { eventually, run, serviceEnv, tempFolder } from '../service/rig.js';
import { twoConnections } from './two-connections.js';

const CLAIM: StatusClaim = {
  service: 'trading',
  instance: '0',
  host: 'vps',
  pid: 812,
  startToken: '4711',
  nowMs: 1_000,
  heartbeatEveryMs: 5_000,
  version: '1.0.0',
  mode: 'standard',
};
const ROW = { service: 'trading', instance: '0' };

function onlyRow(db: StatusDb): StatusRow {
  const [row, ...others] = readStatuses(db);
  assert.ok(row !== undefined && others.length === 0);
  return row;
}

test('claimStatus() makes a row in state starting, which another connection reads whole', (t) => {
  const { a, b } = twoConnections(t);
  assert.deepEqual(claimStatus(a, CLAIM), { generation: 1 });
  assert.deepEqual(onlyRow(b), {
    service: 'trading',
    instance: '0',
    host: 'vps',
    pid: 812,
    startToken: '4711',
    state: 'starting',
    reason: null,
    heartbeatAtMs: 1_000,
    heartbeatEveryMs: 5_000,
    progressName: null,
    progressSeq: null,
    progressAtMs: null,
    progressWithinMs: null,
    generation: 1,
    version: '1.0.0',
    mode: 'standard',
    rssBytes: null,
    loopLagMs: null,
    detail: null,
  });
});

test('claimStatus() raises the generation and forgets reason, progress and measurements of the run before', (t) => {
  const { a, b } = twoConnections(t);
  const { generation } = claimStatus(a, CLAIM);
  writeHeartbeat(a, { ...ROW, generation, nowMs: 2_000, rssBytes: 5, loopLagMs: 1.5 });
  writeProgress(a, { ...ROW, generation, nowMs: 2_000, name: 'cycle', withinMs: 90 });
  writeState(a, { ...ROW, generation, nowMs: 2_000, state: 'error', reason: 'broken' });
  assert.deepEqual(claimStatus(b, { ...CLAIM, nowMs: 3_000, pid: 900 }), { generation: 2 });
  const { state, reason, progressName, progressSeq, rssBytes, loopLagMs, pid } = onlyRow(a);
  assert.deepEqual(
    { state, reason, progressName, progressSeq, rssBytes, loopLagMs, pid },
    {
      state: 'starting',
      reason: null,
      progressName: null,
      progressSeq: null,
      rssBytes: null,
      loopLagMs: null,
      pid: 900,
    },
  );
});

test('every write under an older generation changes nothing and answers false', (t) => {
  const { a, b } = twoConnections(t);
  const { generation } = claimStatus(a, CLAIM);
  claimStatus(b, CLAIM);
  const before = onlyRow(b);
  const old = { ...ROW, generation, nowMs: 9_000 };
  assert.equal(writeHeartbeat(a, { ...old, rssBytes: 1, loopLagMs: 1 }), false);
  assert.equal(writeState(a, { ...old, state: 'running' }), false);
  assert.equal(writeProgress(a, { ...old, name: 'cycle' }), false);
  assert.deepEqual(onlyRow(b), before);
});

test('writeProgress() counts, keeps the detail unless given a new one, and proves life like a heartbeat', (t) => {
  const { a, b } = twoConnections(t);
  const { generation } = claimStatus(a, CLAIM);
  writeProgress(a, { ...ROW, generation, nowMs: 2_000, name: 'cycle', withinMs: 90_000, detail: { price: '1.5' } });
  writeProgress(a, { ...ROW, generation, nowMs: 3_000, name: 'cycle' });
  const row = onlyRow(b);
  assert.deepEqual(
    [row.progressName, row.progressSeq, row.progressAtMs, row.progressWithinMs, row.detail, row.heartbeatAtMs],
    ['cycle', 2, 3_000, null, { price: '1.5' }, 3_000],
  );
});

test('writeState() stopped keeps the reason of an error, and of an earlier stop', (t) => {
  const { a, b } = twoConnections(t);
  const { generation } = claimStatus(a, CLAIM);
  const write = { ...ROW, generation, nowMs: 2_000 };
  writeState(a, { ...write, state: 'error', reason: 'circuit breaker: max drawdown' });
  writeState(a, { ...write, state: 'stopped', reason: 'SIGINT' });
  writeState(b, { ...write, state: 'stopped' });
  assert.deepEqual([onlyRow(b).state, onlyRow(b).reason], ['stopped', 'circuit breaker: max drawdown']);
});

test('writeState() replaces the reason of a state that works, and a service that recovers has none', (t) => {
  const { a, b } = twoConnections(t);
  const { generation } = claimStatus(a, CLAIM);
  const write = { ...ROW, generation, nowMs: 2_000 };
  writeState(a, { ...write, state: 'idle', reason: 'market closed' });
  writeState(a, { ...write, state: 'stopped', reason: 'SIGINT' });
  assert.equal(onlyRow(b).reason, 'SIGINT');
  writeState(a, { ...write, state: 'error', reason: 'feed down' });
  writeState(a, { ...write, state: 'scanning' });
  assert.deepEqual([onlyRow(b).state, onlyRow(b).reason], ['scanning', null]);
});

test('a heartbeat leaves state, reason, progress and detail alone', (t) => {
  const { a, b } = twoConnections(t);
  const { generation } = claimStatus(a, CLAIM);
  writeState(a, { ...ROW, generation, nowMs: 2_000, state: 'idle', reason: 'market closed', detail: { cash: '1' } });
  const before = onlyRow(b);
  assert.equal(writeHeartbeat(b, { ...ROW, generation, nowMs: 7_000, rssBytes: 64, loopLagMs: 0.5 }), true);
  assert.deepEqual(onlyRow(a), { ...before, heartbeatAtMs: 7_000, rssBytes: 64, loopLagMs: 0.5 });
});

test('instances of one service have a row each', (t) => {
  const { a, b } = twoConnections(t);
  claimStatus(a, CLAIM);
  claimStatus(b, { ...CLAIM, instance: '1' });
  assert.deepEqual(
    readStatuses(a).map((row) => [row.instance, row.generation]),
    [
      ['0', 1],
      ['1', 1],
    ],
  );
});

test('readStatuses() names row, column and value when a stranger wrote something impossible', (t) => {
  const { a } = twoConnections(t);
  claimStatus(a, CLAIM);
  for (const [column, value] of [
    ['detail_json', '[1]'],
    ['detail_json', 'not json'],
    ['pid', 2 ** 60],
  ] as const) {
    a.prepare(`UPDATE service_status SET detail_json = NULL, pid = NULL, ${column} = ?`).run(
      typeof value === 'number' ? BigInt(value) : value,
    );
    assert.throws(
      () => readStatuses(a),
      (error: unknown) => {
        assert.ok(error instanceof SigctlError);
        assert.equal(error.code, 'STATUS_ROW_INVALID');
        assert.match(
          error.message,
          new RegExp(`service_status "trading"/"0": ${column} is .*${String(value).slice(0, 4)}`.replace('[', '\\[')),
        );
        return true;
      },
    );
  }
});

test('a Python service that writes its own row is read like any other, and fenced like any other', async (t) => {
  const home = tempFolder(t);
  const db = openStatusDb(join(home, 'status.db'));
  t.after(() => db.close());
  const script = fileURLToPath(new URL('../fixtures/services/heartbeat.py', import.meta.url));
  const start = () => run(t, ['python3', script], { env: serviceEnv(home, 'py') });

  const first = start();
  await first.printed(/ready/);
  await eventually(() => (onlyRow(db).progressSeq ?? 0) >= 2, 'two beats');
  const row = onlyRow(db);
  assert.deepEqual(
    [row.service, row.pid, row.state, row.mode, row.generation],
    ['py', first.pid, 'running', 'standard', 1],
  );
  assert.match(row.startToken ?? '', /^\d+$/);

  const second = start();
  assert.deepEqual(await first.exit, { code: 76, signal: null });
  second.child.kill('SIGINT');
  assert.deepEqual(await second.exit, { code: 0, signal: null });
  assert.deepEqual([onlyRow(db).state, onlyRow(db).reason, onlyRow(db).generation], ['stopped', 'SIGINT', 2]);
});
