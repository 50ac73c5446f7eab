import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { openForkMark, parseForkMark } from '../../src/process/fork-mark.js';

test('the mark is another one once a process was started', () => {
  const read = openForkMark();
  const before = read();
  assert.match(String(before), /^\d+$/);
  spawnSync('/bin/true');
  assert.notEqual(read(), before);
});

test('a line without a number, or with the 0 of a kernel that counts none, is no mark', () => {
  assert.equal(parseForkMark('0.50 0.40 0.30 1/234 56789\n'), '56789');
  assert.equal(parseForkMark('0.00 0.00 0.00 0/0 0\n'), undefined);
  assert.equal(parseForkMark(''), undefined);
});
