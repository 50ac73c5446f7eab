import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInstant } from '../../src/core/instant.js';

const NOW = Date.parse('2026-03-29T10:15:30.250Z');

function instant(text: string, timeZone = 'UTC', now = NOW): string | undefined {
  const atMs = parseInstant(text, now, timeZone);
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

test('parseInstant() takes a duration for that long ago', () => {
  assert.equal(instant('24h'), '2026-03-28T10:15:30.250Z');
  assert.equal(instant(' 90s '), '2026-03-29T10:14:00.250Z');
  assert.equal(instant('7d'), '2026-03-22T10:15:30.250Z');
});

test('parseInstant() takes a time of day for the last time a clock showed it, in the zone', () => {
  assert.equal(instant('09:30'), '2026-03-29T09:30:00.000Z');
  assert.equal(instant('10:16'), '2026-03-28T10:16:00.000Z');
  assert.equal(instant('9:05:07'), '2026-03-29T09:05:07.000Z');
  // In Berlin it is 12:15 already.
  assert.equal(instant('12:00', 'Europe/Berlin'), '2026-03-29T10:00:00.000Z');
  // Yesterday, when summer time had not begun.
  assert.equal(instant('13:00', 'Europe/Berlin'), '2026-03-28T12:00:00.000Z');
});

test('parseInstant() takes a date for its midnight, and a date with a time as it stands', () => {
  assert.equal(instant('2026-03-01'), '2026-03-01T00:00:00.000Z');
  assert.equal(instant('2026-03-01', 'America/New_York'), '2026-03-01T05:00:00.000Z');
  assert.equal(instant('2026-03-01 14:30', 'Asia/Kolkata'), '2026-03-01T09:00:00.000Z');
  assert.equal(instant('2026-03-01T14:30:05.5'), '2026-03-01T14:30:05.500Z');
  assert.equal(instant('2026-07-01T14:30', 'Europe/Berlin'), '2026-07-01T12:30:00.000Z');
});

test('parseInstant() lets an offset win over the zone', () => {
  assert.equal(instant('2026-03-01T14:30:00Z', 'Asia/Kolkata'), '2026-03-01T14:30:00.000Z');
  assert.equal(instant('2026-03-01T14:30+05:30', 'Europe/Berlin'), '2026-03-01T09:00:00.000Z');
  assert.equal(instant('2026-03-01T14:30-0800'), '2026-03-01T22:30:00.000Z');
});

test('parseInstant() knows now, today and yesterday, also on the day when summer time begins', () => {
  assert.equal(instant('now'), '2026-03-29T10:15:30.250Z');
  assert.equal(instant('today', 'Europe/Berlin'), '2026-03-28T23:00:00.000Z');
  assert.equal(instant('yesterday'), '2026-03-28T00:00:00.000Z');
  assert.equal(instant('yesterday', 'UTC', Date.parse('2026-03-01T01:00:00Z')), '2026-02-28T00:00:00.000Z');
});

test('parseInstant() takes an hour that summer time skips for the one after it', () => {
  assert.equal(instant('2026-03-29T02:30', 'Europe/Berlin'), '2026-03-29T01:30:00.000Z');
});

test('parseInstant() takes an hour that comes twice for the first', () => {
  assert.equal(instant('2026-10-25T02:30', 'Europe/Berlin'), '2026-10-25T00:30:00.000Z');
});

for (const text of ['', '24', 'soon', '25:00', '12:60', '2026-02-30', '2026-13-01', '2026-03-01T24:00', '-5m']) {
  test(`parseInstant() refuses "${text}"`, () => assert.equal(instant(text), undefined));
}
