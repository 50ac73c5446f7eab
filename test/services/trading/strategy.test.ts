import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SMA } from 'trading-signals';
import { decide, strategyName, warmUp } from '../../../src/services/trading/strategy.js';

const PARAMS = { fast: 2, slow: 4 };

test('decide() holds until there is one close more than the slow average spans', () => {
  assert.equal(warmUp(PARAMS), 5);
  assert.deepEqual(decide([1, 2, 3, 4], false, PARAMS), { action: 'hold', reason: 'warming up: 4 of 5 candles' });
  assert.equal(decide([4, 3, 2, 1, 9], false, PARAMS).indicators?.fast, 5);
});

test('decide() buys when flat and the fast average crosses above the slow one', () => {
  // Before: fast (2 + 1) / 2 = 1.5, slow (4 + 3 + 2 + 1) / 4 = 2.5. Now: fast (1 + 9) / 2 = 5, slow 15 / 4 = 3.75.
  assert.deepEqual(decide([4, 3, 2, 1, 9], false, PARAMS), {
    action: 'buy',
    reason: 'fast average crossed above slow: fast 5, slow 3.75',
    indicators: { fast: 5, slow: 3.75 },
  });
});

test('decide() does not buy on a crossing while it holds already', () => {
  assert.equal(decide([4, 3, 2, 1, 9], true, PARAMS).action, 'hold');
});

test('decide() does not buy when the fast average merely stays above', () => {
  assert.equal(decide([1, 2, 3, 4, 5], false, PARAMS).action, 'hold');
});

test('decide() counts a rise from equal averages as a crossing, and a touch as none', () => {
  // Before both averages are 5; now fast 7, slow 6.
  assert.equal(decide([5, 5, 5, 5, 9], false, PARAMS).action, 'buy');
  // Before fast 3 and slow 5; now both are 5.
  assert.equal(decide([7, 7, 3, 3, 7], false, PARAMS).action, 'hold');
});

test('decide() sells when holding and the fast average is below, though the crossing itself was missed', () => {
  const decision = decide([9, 8, 7, 6, 5], true, PARAMS);
  assert.deepEqual(decision, {
    action: 'sell',
    reason: 'fast average fell below slow: fast 5.5, slow 6.5',
    indicators: { fast: 5.5, slow: 6.5 },
  });
  assert.equal(decide([9, 8, 7, 6, 5], false, PARAMS).action, 'hold');
});

test('decide() is a function of the last closes alone, to the last bit, whatever came before', () => {
  const params = { fast: 10, slow: 30 };
  const closes = wildCloses(5_000);
  for (let end = warmUp(params); end <= closes.length; end += 1) {
    const whole = decide(closes.slice(0, end), false, params);
    const window = decide(closes.slice(end - warmUp(params), end), false, params);
    assert.deepEqual(whole, window);
  }
});

test("the library's streaming average has the same bits as one over the window alone", () => {
  const closes = wildCloses(5_000);
  const streaming = new SMA(30);
  for (const [index, close] of closes.entries()) {
    const value = streaming.add(close);
    if (index < 29) continue;
    assert.equal(value, new SMA(30).updates(closes.slice(index - 29, index + 1)).at(-1));
  }
});

test('strategyName() tells parameters apart', () => {
  assert.equal(strategyName({ fast: 10, slow: 30 }), 'sma-cross-10-30');
});

/** Deterministic closes over twelve orders of magnitude: a running sum would carry rounding along. */
function wildCloses(length: number): number[] {
  let seed = 42;
  return Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed / 2 ** 32) * 10 ** ((seed % 12) - 4);
  });
}
