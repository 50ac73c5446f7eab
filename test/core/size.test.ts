import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize, parseSize } from '../../src/core/size.js';

const KB = 1024;
const MB = 1024 ** 2;
const GB = 1024 ** 3;

test("parseSize() reads PM2's memory sizes in units of 1024", () => {
  assert.equal(parseSize('300M'), 300 * MB);
  assert.equal(parseSize('2G'), 2 * GB);
  assert.equal(parseSize('1.5g'), 1.5 * GB);
  assert.equal(parseSize('512K'), 512 * KB);
  assert.equal(parseSize(' 512 KB '), 512 * KB);
  assert.equal(parseSize('4096'), 4_096);
  assert.equal(parseSize(4_096), 4_096);
});

test('parseSize() answers undefined to what is no size, and never an endless one', () => {
  const wrong = ['', 'M', '-1M', '0', '0M', '1T', '1 M B', '1e6', '1,5G', 'Infinity', '9'.repeat(400)];
  for (const text of wrong) assert.equal(parseSize(text), undefined, text);
  for (const number of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(parseSize(number), undefined);
});

test('formatSize() changes its unit where the number would reach 1024', () => {
  assert.equal(formatSize(-1), '0 KB');
  assert.equal(formatSize(0), '0 KB');
  assert.equal(formatSize(600), '1 KB');
  assert.equal(formatSize(1_023 * KB), '1023 KB');
  assert.equal(formatSize(MB - 1), '1 MB');
  assert.equal(formatSize(512 * MB), '512 MB');
  assert.equal(formatSize(GB - 1), '1.0 GB');
  assert.equal(formatSize(1.5 * GB), '1.5 GB');
});

test('formatSize() of what parseSize() reads is the same text again', () => {
  for (let number = 1; number < 1_024; number += 13) {
    for (const unit of ['KB', 'MB']) assert.equal(formatSize(parseSize(`${number} ${unit}`) ?? 0), `${number} ${unit}`);
  }
  for (let tenths = 10; tenths < 500; tenths += 7) {
    const text = `${(tenths / 10).toFixed(1)} GB`;
    assert.equal(formatSize(parseSize(text) ?? 0), text);
  }
});
