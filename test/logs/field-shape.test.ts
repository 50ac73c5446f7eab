import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesQuery } from '../../src/core/log-query.js';
import { literalOfValue, patternOfNumber } from '../../src/logs/field-shape.js';
import { parseLine } from '../../src/logs/parse-line.js';

const isWanted = (line: string, value: string) =>
  matchesQuery({ fields: [{ path: 'x', value }] }, parseLine(line), { atMs: undefined, level: undefined });

test('of a value the longest part that no logger escapes is searched, of a number nothing', () => {
  assert.equal(literalOfValue('XBTUSD'), 'XBTUSD');
  assert.equal(literalOfValue('order filled at 5/10 & more'), 'order filled at 5');
  assert.equal(literalOfValue('ü'), undefined);
  assert.equal(literalOfValue('true'), 'true');
  assert.equal(literalOfValue('007'), '007');
  assert.equal(literalOfValue('5.0'), '5.0');
  for (const number of ['5', '-5', '0', '60000.29', '1e+21', '5e-7', 'Infinity']) {
    assert.equal(literalOfValue(number), undefined, number);
  }
  assert.equal(literalOfValue(''), undefined);
});

test('a number is found in every way in which it can be written', () => {
  for (const [value, ...ways] of [
    ['42', '42', '42.0', '"42"', '4.2e1', '4.2E+01', '420e-1', '[1,42]', '42.00000000000000000'],
    ['-5', '-5', '-5.0', '"-5"', '-0.5e1'],
    ['0', '0', '-0', '0.0', '0e0'],
    ['60000.29', '60000.29', '60000.290', '"60000.29"', '6.000029e4', '60000.290000000001'],
    ['0.3', '0.3', '0.30', '0.29999999999999999', '3e-1'],
    ['1000000000000000000', '1000000000000000000', '1e18'],
  ] as const) {
    const pattern = patternOfNumber(value);
    assert.ok(pattern !== undefined, value);
    for (const way of ways) {
      const line = `{"level":30,"x":${way}}`;
      assert.ok(isWanted(line, value), `${way} is ${value}`);
      assert.ok(line.search(pattern) !== -1, `${way} is found for ${value}`);
    }
    assert.equal('{"level":31,"x":7}'.search(pattern), -1);
  }
  for (const other of ['XBTUSD', '007', '1e+21', '5e-7', '', 'NaN', 'Infinity'])
    assert.equal(patternOfNumber(other), undefined, other);
});
