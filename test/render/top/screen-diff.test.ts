import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsOf, fit } from '../../../src/render/top/fit.js';
import { screenDiff } from '../../../src/render/top/screen-diff.js';
import { sparkline } from '../../../src/render/top/sparkline.js';

test('screenDiff() writes only the lines that differ, and nothing when none does', () => {
  assert.equal(screenDiff(['a', 'b'], ['a', 'b']), '');
  const changes = screenDiff(['a', 'b', 'c'], ['a', 'B', 'c']);
  assert.match(changes, /\[2;1H.*B/);
  assert.doesNotMatch(changes, /\[1;1H|\[3;1H/);
});

test('screenDiff() clears the lines that a smaller frame no longer has', () => {
  assert.match(screenDiff(['a', 'b'], ['a']), /\[2;1H\S*\[2K/);
});

test('fit() cuts by columns, not by characters, and ends colours that it cuts', () => {
  assert.equal(fit('abc', 5), 'abc  ');
  assert.equal(fit('日本語', 6), '日本語');
  assert.equal(fit('日本語', 5), '日本…');
  assert.equal(fit('日本語', 4), '日… ');
  assert.equal(fit('\u001b[31mabcdef\u001b[0m', 4), '\u001b[31mabc…\u001b[0m');
  assert.equal(fit('e\u0301a', 2), 'e\u0301a');
  assert.equal(columnsOf('🚀\tx'), 5);
});

test('fit() lets no mark turn the direction of the line', () => {
  assert.equal(fit('a\u202eb', 3), 'ab ');
});

test('sparkline() puts the newest last, leaves gaps, and measures against the largest', () => {
  assert.equal(sparkline([0, null, 5, 10], 6, 1), '  ▁ ▅█');
  assert.equal(sparkline([1, 2, 3], 2, 100), '▁▁');
  assert.equal(sparkline([0, 0], 2, 0), '▁▁');
  assert.equal(sparkline([1], 0, 1), '');
});
