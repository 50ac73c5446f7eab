import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cached } from '../../../src/services/website/cached.js';

test('many requests within a second read once, and a clock that is set back does not freeze the value', () => {
  let nowMs = 10_000;
  let reads = 0;
  const read = cached(
    () => ++reads,
    1_000,
    () => nowMs,
  );
  assert.deepEqual([read(), read()], [1, 1]);
  nowMs += 999;
  assert.equal(read(), 1);
  nowMs += 1;
  assert.equal(read(), 2);
  nowMs -= 3_600_000;
  assert.equal(read(), 3);
});
