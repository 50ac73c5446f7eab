import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyAccount } from '../../../src/services/trading/account.js';
import { type EngineState, type Evaluation, evaluateCandle } from '../../../src/services/trading/evaluate.js';
import { evaluateBatch } from '../../../src/services/trading/evaluate-batch.js';
import { stored, swings } from './rig.js';

const RULES = {
  crossover: { fast: 2, slow: 4 },
  broker: { feeBps: '40', slippageBps: '5', tradeFraction: '0.5', minQuantity: '0.00005', minCost: '0.5' },
};
const START: EngineState = {
  cursor: { seq: 0, seqOpenAtMs: 0, evaluated: 0 },
  closes: [],
  account: emptyAccount('10000'),
};
const CANDLES = stored(swings(400));
const BATCH_RULES = { ...RULES, isEvaluated: () => false, isTradable: () => true };

test('evaluateBatch() gives each candle one evaluation, in order, and moves the cursor to the last', () => {
  const { state, evaluations } = evaluateBatch(START, CANDLES, BATCH_RULES);
  assert.deepEqual(
    evaluations.map(({ openAtMs }) => openAtMs),
    CANDLES.map(({ openAtMs }) => openAtMs),
  );
  const last = CANDLES[399];
  assert.deepEqual(state.cursor, {
    seq: 400,
    seqOpenAtMs: last?.openAtMs,
    candle: { openAtMs: last?.openAtMs, close: last?.close, decision: state.cursor.candle?.decision },
    evaluated: 400,
  });
});

test('evaluateBatch() buys and sells in turn, beginning with a buy', () => {
  const sides = evaluateBatch(START, CANDLES, BATCH_RULES).evaluations.flatMap(({ order }) => order?.side ?? []);
  assert.ok(sides.length > 10, `${sides.length} orders`);
  assert.deepEqual(
    sides,
    sides.map((_, index) => (index % 2 === 0 ? 'buy' : 'sell')),
  );
});

test('evaluateBatch() leads to the same end however the candles are cut into batches', () => {
  const whole = evaluateBatch(START, CANDLES, BATCH_RULES);
  for (const size of [1, 7, 199]) {
    let state = START;
    const evaluations: Evaluation[] = [];
    for (let from = 0; from < CANDLES.length; from += size) {
      const batch = evaluateBatch(state, CANDLES.slice(from, from + size), BATCH_RULES);
      state = batch.state;
      evaluations.push(...batch.evaluations);
    }
    assert.deepEqual({ state, evaluations }, { state: whole.state, evaluations: whole.evaluations });
  }
});

test('evaluateCandle() holds where it would buy, when the candle is too old to trade, and keeps the averages', () => {
  const { evaluations } = evaluateBatch(START, CANDLES, BATCH_RULES);
  const buyIndex = evaluations.findIndex(({ decision }) => decision === 'buy');
  const before = evaluateBatch(START, CANDLES.slice(0, buyIndex), BATCH_RULES).state;
  const candle = CANDLES[buyIndex];
  assert.ok(candle !== undefined);
  const step = evaluateCandle(before, candle, RULES, false);
  assert.equal(step.evaluation.decision, 'hold');
  assert.match(step.evaluation.reason, /^catching up, too late to buy: fast average crossed above slow/);
  assert.equal(step.evaluation.order, undefined);
  assert.deepEqual(step.state.account, before.account);
  assert.equal(step.state.closes.at(-1), Number(candle.close));
});

test('a position whose exit was too old to trade is sold at the next candle that is fresh', () => {
  const { evaluations } = evaluateBatch(START, CANDLES, BATCH_RULES);
  const sellIndex = evaluations.findIndex(({ decision }) => decision === 'sell');
  const isTradable = (candle: { seq: number }) => candle.seq !== sellIndex + 1;
  const late = evaluateBatch(START, CANDLES, { ...BATCH_RULES, isTradable }).evaluations;
  assert.equal(late[sellIndex]?.decision, 'hold');
  assert.equal(late[sellIndex + 1]?.decision, 'sell');
});

test('evaluateCandle() puts a candle behind the cursor on record as late, and changes nothing else', () => {
  const { state } = evaluateBatch(START, CANDLES.slice(0, 100), BATCH_RULES);
  const old = { ...CANDLES[0], openAtMs: 5, seq: 101 };
  const step = evaluateCandle(state, old as (typeof CANDLES)[number], RULES, true);
  assert.equal(step.evaluation.decision, 'late');
  assert.deepEqual(step.state, { ...state, cursor: { ...state.cursor, seq: 101, seqOpenAtMs: 5, evaluated: 101 } });
});

test('evaluateBatch() passes by what is on record already when a replaced market.db gives it again', () => {
  const { state } = evaluateBatch(START, CANDLES.slice(0, 100), BATCH_RULES);
  const known = new Set(CANDLES.slice(0, 100).map(({ openAtMs }) => openAtMs));
  const again = CANDLES.map((candle) => ({ ...candle, seq: candle.seq + 5 }));
  const batch = evaluateBatch(state, again, { ...BATCH_RULES, isEvaluated: (openAtMs) => known.has(openAtMs) });
  assert.equal(batch.evaluations.length, 300);
  const whole = evaluateBatch(START, CANDLES, BATCH_RULES);
  assert.deepEqual(batch.state, { ...whole.state, cursor: { ...whole.state.cursor, seq: 405 } });
});
