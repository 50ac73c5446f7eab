import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import type { SeriesKey } from '../../../src/service/market/candle.js';
import type { EngineState } from '../../../src/services/trading/evaluate.js';
import { type Batch, evaluateBatch } from '../../../src/services/trading/evaluate-batch.js';
import { type Ledger, openLedger } from '../../../src/services/trading/ledger.js';
import { warmUp } from '../../../src/services/trading/strategy.js';
import { countRows, dumpLedger, SERIES, stored, swings, tempDir } from './rig.js';
import { RULES } from './rules.js';

const BATCH_RULES = { ...RULES, isEvaluated: () => false, isTradable: () => true };
const WINDOW = warmUp(RULES.crossover);

/** One engine's hold on a ledger. */
function openRig(t: TestContext, path = join(tempDir(t), 'trading.paper.db'), series: SeriesKey = SERIES) {
  const ledger = openLedger(path);
  t.after(() => ledger.close());
  const generation = ledger.claim('test', () => true) ?? assert.fail('claim refused');
  const accountId = ledger.openAccount(series, '10000');
  const read = () => ledger.readState(accountId, WINDOW);
  const commit = (batch: Batch) =>
    ledger.commit({ accountId, generation, series, strategy: 'swing', batch, nowMs: 1_700_000_000_000 });
  return { path, ledger, accountId, read, commit };
}

function batchOf(state: EngineState, from: number, to: number, series: SeriesKey = SERIES): Batch {
  return evaluateBatch(state, stored(swings(to, series)).slice(from), BATCH_RULES);
}

test('a commit writes evaluations, orders, fills, position and cursor that agree with one another', (t) => {
  const { path, read, commit, ledger, accountId } = openRig(t);
  const batch = batchOf(read(), 0, 300);
  assert.deepEqual(commit(batch), { kind: 'committed' });
  assert.equal(countRows(path, 'evaluations'), 300);
  const orders = batch.evaluations.filter(({ order }) => order !== undefined).length;
  assert.ok(orders > 10, `${orders} orders`);
  assert.equal(countRows(path, 'orders'), orders);
  assert.equal(ledger.countTrades(accountId), orders);
  assert.equal(ledger.isEvaluated(accountId, swings(300)[299]?.openAtMs ?? 0), true);
  assert.equal(ledger.isEvaluated(accountId, 1), false);
});

test('what is read back after a commit is what the engine knew, so a restart decides alike', (t) => {
  const { path, read, commit } = openRig(t);
  for (let from = 0; from < 300; from += 37) {
    const batch = batchOf(read(), from, Math.min(300, from + 37));
    commit(batch);
    assert.deepEqual(read(), batch.state);
  }
  const whole = openRig(t);
  whole.commit(batchOf(whole.read(), 0, 300));
  assert.deepEqual(dumpLedger(path), dumpLedger(whole.path));
});

for (const step of [
  'UPDATE ON cursors',
  'INSERT ON evaluations',
  'INSERT ON orders',
  'INSERT ON fills',
  'UPDATE ON accounts',
  'UPDATE ON positions',
]) {
  test(`a commit that fails at its ${step} leaves the ledger as it was`, (t) => {
    const { path, read, commit } = openRig(t);
    commit(batchOf(read(), 0, 100));
    const before = dumpLedger(path);
    const breaker = new Database(path);
    t.after(() => breaker.close());
    breaker.exec(`CREATE TRIGGER break_it AFTER ${step} BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END`);
    const batch = batchOf(read(), 100, 300);
    assert.throws(() => commit(batch), /broken on purpose/);
    assert.deepEqual(dumpLedger(path), before);
    breaker.exec('DROP TRIGGER break_it');
    assert.deepEqual(commit(batch), { kind: 'committed' });
  });
}

test('a batch that was committed cannot be committed again', (t) => {
  const { path, read, commit } = openRig(t);
  const batch = batchOf(read(), 0, 100);
  commit(batch);
  const before = dumpLedger(path);
  assert.throws(() => commit(batch), /not at seq 0/);
  assert.deepEqual(dumpLedger(path), before);
});

test('no candle is evaluated twice, even by a batch that claims to continue the ledger', (t) => {
  const { path, read, commit } = openRig(t);
  commit(batchOf(read(), 0, 100));
  const before = dumpLedger(path);
  const start: EngineState = { ...read(), cursor: { seq: 0, seqOpenAtMs: 0, evaluated: 0 } };
  assert.throws(() => commit({ ...batchOf(start, 50, 120), from: read().cursor }), {
    code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  });
  assert.deepEqual(dumpLedger(path), before);
});

test('an engine whose ledger was taken over writes nothing', (t) => {
  const old = openRig(t);
  old.commit(batchOf(old.read(), 0, 100));
  const young = openRig(t, old.path);
  const before = dumpLedger(old.path);
  assert.deepEqual(old.commit(batchOf(old.read(), 100, 200)), { kind: 'fenced', newerGeneration: 2 });
  assert.deepEqual(dumpLedger(old.path), before);
  assert.deepEqual(young.commit(batchOf(young.read(), 100, 200)), { kind: 'committed' });
});

test('an engine that lost its lease on the way to the ledger does not push the holder out', (t) => {
  const holder = openRig(t);
  const sleeper: Ledger = openLedger(holder.path);
  t.after(() => sleeper.close());
  assert.equal(
    sleeper.claim('sleeper', () => false),
    undefined,
  );
  assert.deepEqual(holder.commit(batchOf(holder.read(), 0, 10)), { kind: 'committed' });
});

test('each source has an account of its own, and the same candles of another source start afresh', (t) => {
  const replay = openRig(t);
  replay.commit(batchOf(replay.read(), 0, 200));
  const before = replay.read();
  const simSeries = { ...SERIES, source: 'sim:1' };
  const sim = openRig(t, replay.path, simSeries);
  assert.equal(sim.read().account.cash, '10000');
  assert.equal(sim.read().closes.length, 0);
  sim.commit(batchOf(sim.read(), 0, 50, simSeries));
  assert.deepEqual(replay.read(), before);
});

test('the starting cash counts when the account is opened, and never again', (t) => {
  const { ledger, accountId } = openRig(t);
  assert.equal(ledger.openAccount(SERIES, '99'), accountId);
  assert.equal(ledger.readState(accountId, WINDOW).account.cash, '10000');
});

test('a file that is no database is refused with LEDGER_BROKEN, exit 4', (t) => {
  const path = join(tempDir(t), 'trading.paper.db');
  writeFileSync(path, 'this is not a database, and it is long enough to show that it is not one'.repeat(20));
  assert.throws(() => openLedger(path), { code: 'LEDGER_BROKEN', exitCode: 4 });
});

test('a ledger of a newer sigctl is refused with DATABASE_TOO_NEW', (t) => {
  const path = join(tempDir(t), 'trading.paper.db');
  openLedger(path).close();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  assert.throws(() => openLedger(path), { code: 'DATABASE_TOO_NEW', exitCode: 4 });
});
