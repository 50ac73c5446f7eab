import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isQuiet, quietUntilMs } from '../../src/core/quiet-hours.js';
import type { QuietHours } from '../../src/core/stack.js';

const hours = (from: string, to: string, timeZone = 'Europe/Vienna'): QuietHours => ({
  fromMinute: minute(from),
  toMinute: minute(to),
  timeZone,
  except: [],
});
const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const at = (iso: string): number => Date.parse(iso);

test('quiet hours begin at the first minute and end before the last, also across midnight', () => {
  const night = hours('22:00', '07:00', 'UTC');
  assert.equal(isQuiet(night, at('2026-01-15T21:59:59Z')), false);
  assert.equal(isQuiet(night, at('2026-01-15T22:00:00Z')), true);
  assert.equal(isQuiet(night, at('2026-01-16T06:59:59Z')), true);
  assert.equal(isQuiet(night, at('2026-01-16T07:00:00Z')), false);
  const noon = hours('12:00', '13:00', 'UTC');
  assert.equal(isQuiet(noon, at('2026-01-15T12:30:00Z')), true);
  assert.equal(isQuiet(noon, at('2026-01-15T23:30:00Z')), false);
});

test('quiet hours follow the clock of their zone, in summer as in winter', () => {
  const night = hours('22:00', '07:00');
  assert.equal(isQuiet(night, at('2026-01-15T06:30:00+01:00')), true);
  assert.equal(isQuiet(night, at('2026-07-15T06:30:00+02:00')), true);
  assert.equal(isQuiet(night, at('2026-07-15T07:00:00+02:00')), false);
});

test('quietUntilMs() is right in the night that has 23 hours, and in the one that has 25', () => {
  const night = hours('22:00', '07:00');
  // 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
  assert.equal(quietUntilMs(night, at('2026-03-28T22:00:00+01:00')), at('2026-03-29T07:00:00+02:00'));
  assert.equal(quietUntilMs(night, at('2026-10-24T22:00:00+02:00')), at('2026-10-25T07:00:00+01:00'));
});

test('quiet hours that end within the skipped hour end when the clock is put forward', () => {
  const night = hours('22:00', '02:30');
  assert.equal(quietUntilMs(night, at('2026-03-28T23:00:00+01:00')), at('2026-03-29T03:00:00+02:00'));
});

test('quiet hours that begin within the skipped hour begin when the clock is put forward', () => {
  const night = hours('02:30', '05:00');
  assert.equal(isQuiet(night, at('2026-03-29T01:59:59+01:00')), false);
  assert.equal(isQuiet(night, at('2026-03-29T03:00:00+02:00')), true);
});

test('an hour that the clock repeats is quiet both times', () => {
  const night = hours('02:00', '02:30');
  assert.equal(isQuiet(night, at('2026-10-25T02:15:00+02:00')), true);
  assert.equal(isQuiet(night, at('2026-10-25T02:45:00+02:00')), false);
  assert.equal(isQuiet(night, at('2026-10-25T02:15:00+01:00')), true);
});

test('quiet hours whose begin is their end never end', () => {
  assert.equal(quietUntilMs(hours('08:00', '08:00'), at('2026-01-15T12:00:00Z')), undefined);
});

test('quietUntilMs() is the instant itself when it is not quiet', () => {
  assert.equal(quietUntilMs(hours('22:00', '07:00'), at('2026-01-15T12:00:00Z')), at('2026-01-15T12:00:00Z'));
});

test('without a zone the clock of the machine counts', () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const named = hours('22:00', '07:00', timeZone);
  for (let hour = 0; hour < 24 * 366; hour += 5) {
    const atMs = at('2026-01-01T00:30:00Z') + hour * 3_600_000;
    assert.equal(isQuiet({ ...named, timeZone: undefined }, atMs), isQuiet(named, atMs), new Date(atMs).toISOString());
  }
});
