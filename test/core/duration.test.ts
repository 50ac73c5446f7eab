import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatLimit, parseDuration } from '../../src/core/duration.js';

test('parseDuration() reads each unit, fractions, and bare numbers as milliseconds', () => {
  assert.equal(parseDuration('250ms'), 250);
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('1.5m'), 90_000);
  assert.equal(parseDuration('1h'), 3_600_000);
  assert.equal(parseDuration('7d'), 604_800_000);
  assert.equal(parseDuration('  20s '), 20_000);
  assert.equal(parseDuration('1600'), 1_600);
  assert.equal(parseDuration(1_600), 1_600);
  assert.equal(parseDuration(0), 0);
});

test('parseDuration() answers undefined to what is no duration, and never an endless one', () => {
  const wrong = [
    '',
    ' ',
    's',
    '-1s',
    '1 s',
    '1.s',
    '.5s',
    '1e3',
    '5w',
    '1m30s',
    '1,5s',
    '0x10',
    'Infinity',
    '9'.repeat(400),
  ];
  for (const text of wrong) assert.equal(parseDuration(text), undefined, text);
  for (const number of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(parseDuration(number), undefined);
});

test('formatDuration() shows two units at most, each range with its own', () => {
  assert.equal(formatDuration(0), '0ms');
  assert.equal(formatDuration(999), '999ms');
  assert.equal(formatDuration(999.9), '999ms');
  assert.equal(formatDuration(1_000), '1.0s');
  assert.equal(formatDuration(9_999), '9.9s');
  assert.equal(formatDuration(10_000), '10s');
  assert.equal(formatDuration(59_999), '59s');
  assert.equal(formatDuration(60_000), '1m 00s');
  assert.equal(formatDuration(252_000), '4m 12s');
  assert.equal(formatDuration(3_599_999), '59m 59s');
  assert.equal(formatDuration(11_100_000), '3h 05m');
  assert.equal(formatDuration(86_399_999), '23h 59m');
  assert.equal(formatDuration(187_200_000), '2d 4h');
});

test('formatDuration() shows a time that lies ahead, as after a step of the clock, as none', () => {
  assert.equal(formatDuration(-5), '0s');
});

test('what formatDuration() shows of a minute and less is read back by parseDuration(), shortened and never lengthened', () => {
  for (let ms = 0; ms < 60_000; ms += 37) {
    const back = parseDuration(formatDuration(ms)) ?? Number.NaN;
    assert.ok(back <= ms && ms - back < 1_000, `${ms}: ${formatDuration(ms)}`);
  }
});

test('a longer duration never looks shorter: the parts of formatDuration() add up within their last unit', () => {
  for (let ms = 60_000; ms < 10 * 86_400_000; ms += 7_654_321) {
    const parts = formatDuration(ms)
      .split(' ')
      .map((part) => parseDuration(part) ?? Number.NaN);
    const sum = parts.reduce((total, part) => total + part, 0);
    assert.ok(parts.length === 2 && sum <= ms && ms - sum < 3_600_000, `${ms}: ${formatDuration(ms)}`);
  }
});

test('formatLimit() leaves out what is nothing: limits of a manifest are round', () => {
  assert.deepEqual(
    [250, 1_000, 8_000, 8_500, 15_000, 60_000, 90_000, 120_000, 3_600_000, 86_400_000].map(formatLimit),
    ['250ms', '1s', '8s', '8.5s', '15s', '1m', '1m 30s', '2m', '1h', '1d'],
  );
  assert.deepEqual([600_000, 660_000].map(formatLimit), ['10m', '11m']);
});
