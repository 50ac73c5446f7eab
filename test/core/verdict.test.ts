import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFine, VERDICTS } from '../../src/core/verdict.js';

test('an operator has to look at every verdict but healthy, starting and stopped', () => {
  assert.deepEqual(VERDICTS.filter(isFine), ['stopped', 'starting', 'healthy']);
});
