import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from '../../src/logs/line-splitter.js';
import { createRandom, naiveLastLines, randomLog } from './random-log.js';

test('lines are the same however the bytes are cut', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = createRandom(seed);
    const text = randomLog(random);
    const bytes = Buffer.from(text);
    const splitter = new LineSplitter();
    const lines: string[] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = Math.min(bytes.length, start + 1 + Math.floor(random() ** 4 * 5000));
      lines.push(...splitter.push(bytes.subarray(start, end)));
      start = end;
    }
    const unfinished = splitter.flush();
    if (unfinished !== undefined) lines.push(unfinished);
    assert.deepEqual(lines, naiveLastLines(text, Number.MAX_SAFE_INTEGER), `seed ${seed}`);
  }
});

test('a line over the limit is cut at a whole character and says how much is missing', () => {
  const splitter = new LineSplitter(10);
  assert.deepEqual(splitter.push(Buffer.from('漢字漢字漢字\nshort\n')), ['漢字漢 … (8 bytes cut)', 'short']);
});

test('bytes that are no UTF-8 become replacement characters and do not spoil the next line', () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push(Buffer.from([0xc3, 0x0a, 0x61, 0x0a])), ['\ufffd', 'a']);
});

test('an unfinished line is held, and told', () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push(Buffer.from('one\ntw')), ['one']);
  assert.equal(splitter.holdsUnfinished, true);
  assert.equal(splitter.flush(), 'tw');
  assert.equal(splitter.holdsUnfinished, false);
  assert.equal(splitter.flush(), undefined);
});
