import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { evaluateBatch } from '../../../src/services/trading/evaluate-batch.js';
import { openLedger } from '../../../src/services/trading/ledger.js';
import { warmUp } from '../../../src/services/trading/strategy.js';
import { openTradingRead } from '../../../src/store/trading-read.js';
import { SERIES, stored, swings, tempDir } from './rig.js';
import { RULES } from './rules.js';

test('openTradingRead() gives nothing while there is no ledger, or an empty file only', (t) => {
  const path = join(tempDir(t), 'trading.paper.db');
  assert.equal(openTradingRead(path), undefined);
  writeFileSync(path, '');
  assert.equal(openTradingRead(path), undefined);
});

test('readAccount() gives nothing before the first evaluated candle', (t) => {
  const path = join(tempDir(t), 'trading.paper.db');
  const ledger = openLedger(path);
  t.after(() => ledger.close());
  ledger.openAccount(SERIES, '10000');
  const read = openTradingRead(path);
  t.after(() => read?.close());
  assert.equal(read?.readAccount(), undefined);
  assert.deepEqual(read?.readTrades(10), []);
});

test('a reader sees the account and the trades that the engine committed, newest first', (t) => {
  const path = join(tempDir(t), 'trading.paper.db');
  const { state, fills } = trade(t, path, SERIES.source, 300, 1_000);
  const read = openTradingRead(path) ?? assert.fail('no ledger');
  t.after(() => read.close());
  const account = read.readAccount();
  assert.equal(account?.cash, state.account.cash);
  assert.equal(account?.position, state.account.quantity);
  assert.equal(account?.averagePrice === null, state.account.quantity === '0');
  assert.deepEqual(
    {
      symbol: account?.symbol,
      source: account?.source,
      evaluated: account?.evaluated,
      updatedAtMs: account?.updatedAtMs,
    },
    { symbol: 'XBTUSD', source: SERIES.source, evaluated: 300, updatedAtMs: 1_000 },
  );
  const trades = read.readTrades(1_000);
  assert.equal(trades.length, fills);
  const [newest, older] = read.readTrades(2);
  assert.deepEqual([newest, older], trades.slice(0, 2));
  assert.ok(newest !== undefined && older !== undefined && newest.atMs > older.atMs);
  assert.equal(newest.atMs, newest.candleOpenAtMs + 60_000);
  assert.match(newest.reason, /^fast average (crossed above|fell below) slow/);
  assert.match(newest.equityAfter, /^\d+(\.\d{1,8})?$/);
});

test('a reader sees the account of the source that is traded now, and none of the trades of another', (t) => {
  const path = join(tempDir(t), 'trading.paper.db');
  trade(t, path, 'replay:old.csv', 300, 1_000);
  const { fills } = trade(t, path, 'sim:1', 100, 2_000);
  const read = openTradingRead(path) ?? assert.fail('no ledger');
  t.after(() => read.close());
  assert.equal(read.readAccount()?.source, 'sim:1');
  assert.equal(read.readAccount()?.evaluated, 100);
  assert.equal(read.readTrades(1_000).length, fills);
});

function trade(t: { after(done: () => void): void }, path: string, source: string, candles: number, nowMs: number) {
  const series = { ...SERIES, source };
  const ledger = openLedger(path);
  t.after(() => ledger.close());
  const generation = ledger.claim('test', () => true) ?? 0;
  const accountId = ledger.openAccount(series, '10000');
  const from = ledger.readState(accountId, warmUp(RULES.crossover));
  const rules = { ...RULES, isEvaluated: () => false, isTradable: () => true };
  const batch = evaluateBatch(from, stored(swings(candles, series)), rules);
  ledger.commit({ accountId, generation, series, strategy: 'swing', batch, nowMs });
  return { state: batch.state, fills: ledger.countTrades(accountId) };
}
