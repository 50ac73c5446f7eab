import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SigctlError } from '../../../src/errors.js';
import { readConfig } from '../../../src/service/config.js';
import { tradingEnvSchema, tradingRules } from '../../../src/services/trading/trading-config.js';

test('an empty environment gives the documented defaults', () => {
  assert.deepEqual(tradingRules(readConfig(tradingEnvSchema, {})), {
    crossover: { fast: 10, slow: 30 },
    broker: { feeBps: '40', slippageBps: '5', tradeFraction: '0.5', minQuantity: '0.00005', minCost: '0.5' },
  });
});

test('PAPER_MODE=false is refused, for live trading does not exist', () => {
  assert.match(faultsOf({ PAPER_MODE: 'false' }), /PAPER_MODE is "false": trading is on paper only/);
});

test('every fault is listed at once', () => {
  const faults = faultsOf({
    FAST: 'x',
    STARTING_CASH: '0',
    TRADE_FRACTION: '1.5',
    PAPER_FEE_BPS: '-1',
    PAPER_SLIPPAGE_BPS: '10000',
    PAPER_MIN_SIZE: '1e-8',
  });
  for (const name of [
    'FAST',
    'STARTING_CASH',
    'TRADE_FRACTION',
    'PAPER_FEE_BPS',
    'PAPER_SLIPPAGE_BPS',
    'PAPER_MIN_SIZE',
  ]) {
    assert.match(faults, new RegExp(`${name} is `));
  }
});

test('a fast average that is not faster than the slow one is refused', () => {
  assert.match(faultsOf({ FAST: '30', SLOW: '30' }), /FAST is "30": expected fewer candles than SLOW/);
});

function faultsOf(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(tradingEnvSchema, env);
  } catch (error) {
    assert.ok(error instanceof SigctlError);
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.equal(error.exitCode, 2);
    return error.message;
  }
  return assert.fail('the configuration was accepted');
}
