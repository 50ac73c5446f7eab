import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTradable, silence } from '../../../src/services/trading/feed-watch.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const SIM = { kind: 'sim', begun: true, expectEveryMs: 2_000, lastReadAtMs: NOON, newestCloseAtMs: NOON } as const;

test('a feed is silent after 90 s without a candle', () => {
  assert.equal(silence(SIM, NOON + 90_000), undefined);
  assert.equal(silence(SIM, NOON + 90_001), 'no new candle since 2026-01-01 12:00:00 UTC, limit 1m 30s');
});

test('a feed with long candles is silent after five of them', () => {
  const hourly = { ...SIM, kind: 'kraken', expectEveryMs: 3_600_000 } as const;
  assert.equal(silence(hourly, NOON + 5 * 3_600_000), undefined);
  assert.match(silence(hourly, NOON + 5 * 3_600_000 + 1) ?? '', /limit 5h 00m$/);
});

test('candles of the past are no news from an exchange', () => {
  const backfilled = { ...SIM, kind: 'kraken', expectEveryMs: 60_000, lastReadAtMs: NOON + 600_000 } as const;
  assert.match(silence(backfilled, NOON + 600_000) ?? '', /^no new candle since 2026-01-01 12:00/);
});

test('a replay that gives no first candle is silent: market-data may be collecting another series', () => {
  assert.match(silence({ ...SIM, kind: 'replay', begun: false }, NOON + 90_001) ?? '', /^no new candle since/);
});

test('a replay that has begun is never silent', () => {
  assert.equal(silence({ ...SIM, kind: 'replay' }, NOON + 1e9), undefined);
});

test('isTradable() takes the close of an exchange for 90 s, or for a quarter of a long candle', () => {
  const minute = { closedAtMs: NOON, intervalMs: 60_000 };
  assert.equal(isTradable('kraken', minute, NOON + 90_000), true);
  assert.equal(isTradable('kraken', minute, NOON + 90_001), false);
  const hour = { closedAtMs: NOON, intervalMs: 3_600_000 };
  assert.equal(isTradable('kraken', hour, NOON + 900_000), true);
  assert.equal(isTradable('kraken', hour, NOON + 900_001), false);
});

test('isTradable() takes every candle of a simulation or a replay, whose clocks are their own', () => {
  const ancient = { closedAtMs: 0, intervalMs: 60_000 };
  assert.equal(isTradable('sim', ancient, NOON), true);
  assert.equal(isTradable('replay', ancient, NOON), true);
});
