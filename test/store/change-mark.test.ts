import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChangeMark } from '../../src/store/change-mark.js';
import { writeDesired } from '../../src/store/desired.js';
import { twoConnections } from './two-connections.js';

const wanted = (nowMs: number) => ({ service: 'feed', wanted: 'running', nowMs, actor: 'operator' }) as const;

test('readChangeMark() is the same while nobody writes, however often the tables are read', (t) => {
  const { a, b } = twoConnections(t);
  writeDesired(b, wanted(1));
  const mark = readChangeMark(a);
  a.prepare('SELECT * FROM service_desired').all();
  assert.equal(readChangeMark(a), mark);
});

test('readChangeMark() is another one after each write, of another connection and of our own', (t) => {
  const { a, b } = twoConnections(t);
  const marks = [readChangeMark(a)];
  for (const [db, nowMs] of [[b, 1] as const, [a, 2] as const, [b, 3] as const, [a, 4] as const]) {
    writeDesired(db, wanted(nowMs));
    marks.push(readChangeMark(a));
  }
  assert.equal(new Set(marks).size, marks.length, marks.join(', '));
});

test('readChangeMark() is the same until the transaction of another connection is committed', (t) => {
  const { a, b } = twoConnections(t);
  const mark = readChangeMark(a);
  b.exec('BEGIN IMMEDIATE');
  writeDesired(b, wanted(1));
  assert.equal(readChangeMark(a), mark);
  b.exec('COMMIT');
  assert.notEqual(readChangeMark(a), mark);
});
