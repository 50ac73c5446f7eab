import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, formatMoney, formatPrice, formatQuantity } from '../../../src/services/website/format.js';

test('prices have two decimals, their own precision below one, and thousands apart', () => {
  assert.deepEqual(['85624.2', '1234567.891', '-4.5', '0', '0.00001234', 'not a number'].map(formatPrice), [
    '85,624.20',
    '1,234,567.89',
    '-4.50',
    '0.00',
    '0.00001234',
    'not a number',
  ]);
});

test('quantities keep their decimals and no zeros behind them', () => {
  assert.deepEqual(['0.15000000', '1250', '100', '0.12345678'].map(formatQuantity), [
    '0.15',
    '1,250',
    '100',
    '0.12345678',
  ]);
});

test('ages are whole seconds', () => {
  assert.deepEqual([0, 999, 1_900, 59_999, 252_000, 11_100_000].map(formatAge), [
    'now',
    'now',
    '1s ago',
    '59s ago',
    '4m 12s ago',
    '3h 05m ago',
  ]);
});

test('an amount of the account has its cents, also below one', () => {
  assert.deepEqual(['-0.5', '9879.917', '0', 'none'].map(formatMoney), ['-0.50', '9,879.92', '0.00', 'none']);
});
