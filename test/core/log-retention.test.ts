import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDiskLow, isRotationDue, type LogPart, pickAboveTotal, pickForSpace } from '../../src/core/log-retention.js';

const HOUR_MS = 3_600_000;

function part(path: string, bytes: number, rest: Partial<LogPart> = {}): LogPart {
  return { path, bytes, writtenAtMs: 0, inUse: false, ...rest };
}

const paths = (parts: readonly LogPart[]) => parts.map(({ path }) => path);

test('a log is rotated above its size, or above the age of its first line, and never while it is empty', () => {
  const policy = { maxBytes: 1_000, maxAgeMs: HOUR_MS };
  assert.equal(isRotationDue({ bytes: 1_000, sinceMs: 0 }, policy, HOUR_MS), false);
  assert.equal(isRotationDue({ bytes: 1_001, sinceMs: 0 }, policy, 0), true);
  assert.equal(isRotationDue({ bytes: 1, sinceMs: 0 }, policy, HOUR_MS + 1), true);
  assert.equal(isRotationDue({ bytes: 0, sinceMs: 0 }, policy, HOUR_MS + 1), false);
  assert.equal(isRotationDue({ bytes: 1, sinceMs: 0 }, { ...policy, maxAgeMs: undefined }, 99 * HOUR_MS), false);
});

test('above the total the oldest segments go, and only as many as it takes', () => {
  const parts = [part('1', 100), part('2', 100), part('3', 100)];
  assert.deepEqual(paths(pickAboveTotal(parts, 50, 350)), []);
  assert.deepEqual(paths(pickAboveTotal(parts, 50, 349)), ['1']);
  assert.deepEqual(paths(pickAboveTotal(parts, 50, 150)), ['1', '2']);
});

test('the live file counts for the total and never goes, however large it is', () => {
  assert.deepEqual(paths(pickAboveTotal([part('1', 10)], 1_000, 100)), ['1']);
  assert.deepEqual(paths(pickAboveTotal([], 1_000, 100)), []);
});

test('a segment that a process still writes to never goes: the next one does', () => {
  const parts = [part('1', 100, { inUse: true }), part('2', 100), part('3', 100)];
  assert.deepEqual(paths(pickAboveTotal(parts, 0, 200)), ['2']);
  assert.deepEqual(paths(pickForSpace([parts], 150)), ['2', '3']);
});

test('on a full disk the oldest segments of all logs go, until enough is free', () => {
  const web = [part('web 1', 10, { writtenAtMs: 1 }), part('web 2', 10, { writtenAtMs: 4 })];
  const feed = [part('feed 1', 10, { writtenAtMs: 2 }), part('feed 2', 10, { writtenAtMs: 3 })];
  assert.deepEqual(paths(pickForSpace([web, feed], 0)), []);
  assert.deepEqual(paths(pickForSpace([web, feed], 25)), ['web 1', 'feed 1', 'feed 2']);
  assert.deepEqual(paths(pickForSpace([web, feed], 1_000)), ['web 1', 'feed 1', 'feed 2', 'web 2']);
});

test('on a full disk a log loses its segments in their own order, also after the clock was set back', () => {
  const web = [part('web 1', 10, { writtenAtMs: 9 }), part('web 2', 10, { writtenAtMs: 1 })];
  const feed = [part('feed 1', 10, { writtenAtMs: 5 })];
  assert.deepEqual(paths(pickForSpace([web, feed], 1_000)), ['feed 1', 'web 1', 'web 2']);
});

test('a disk that was nearly full is so until there is a tenth more than the limit', () => {
  assert.equal(isDiskLow(100, 100, false), false);
  assert.equal(isDiskLow(99, 100, false), true);
  assert.equal(isDiskLow(109, 100, true), true);
  assert.equal(isDiskLow(111, 100, true), false);
});
