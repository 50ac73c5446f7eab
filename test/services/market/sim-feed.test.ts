import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SimSeries, simCandle } from '../../../src/service/market/sim-candle.js';
import { MAX_MISSED_SLOTS, type SimFeedOptions, simFeed } from '../../../src/service/market/sim-feed.js';
import { take, virtualWorld } from './rig.js';

const SEEDS = [0, 1, 2, 42, 1_337, 2 ** 31, 2 ** 32 - 1];
const NOW_MS = 1_795_000_000_700;
const TICK_MS = 2_000;

function series(seed: number): SimSeries {
  return { symbol: 'XBTUSD', intervalS: 2, source: `sim:${seed}`, seed, tickMs: TICK_MS };
}

function options(seed: number, history = 300): SimFeedOptions {
  return { ...series(seed), history };
}

test('a simulated candle depends on seed and slot alone, in whatever order candles are made', () => {
  for (const seed of SEEDS) {
    const slots = Array.from({ length: 50 }, (_, index) => 897_500_000 + index);
    const forward = slots.map((slot) => simCandle(series(seed), slot));
    const backward = slots.toReversed().map((slot) => simCandle(series(seed), slot));
    assert.deepEqual(backward.toReversed(), forward);
  }
});

test('simulated candles are sound: each opens at the close before it, and its low and high enclose both', () => {
  for (const seed of SEEDS) {
    let previous = simCandle(series(seed), 897_500_000 - 1);
    for (let slot = 897_500_000; slot < 897_502_000; slot += 1) {
      const candle = simCandle(series(seed), slot);
      assert.equal(candle.open, previous.close);
      assert.ok(Number(candle.low) > 0 && Number(candle.low) <= Math.min(Number(candle.open), Number(candle.close)));
      assert.ok(Number(candle.high) >= Math.max(Number(candle.open), Number(candle.close)));
      assert.match(candle.volume, /^\d+\.\d{8}$/);
      assert.equal(candle.asOfMs, candle.openAtMs + TICK_MS);
      previous = candle;
    }
  }
});

test('simulated prices stay near their mean, differ by seed, and let averages of 10 and 30 cross often', () => {
  const means = new Set<number>();
  for (const seed of SEEDS) {
    const closes = Array.from({ length: 3_000 }, (_, index) => Number(simCandle(series(seed), 10_000 + index).close));
    const mean = average(closes);
    assert.ok(closes.every((close) => Math.abs(close / mean - 1) < 0.2));
    const crossings = countCrossings(closes);
    assert.ok(crossings >= 40, `seed ${seed}: ${crossings} crossings in 3000 candles`);
    means.add(Math.round(mean));
  }
  assert.equal(means.size, SEEDS.length);
});

test('the known candle of seed 1 never changes: a series that was begun goes on after an update of sigctl', () => {
  assert.deepEqual(simCandle(series(1), 897_500_000), {
    ...{ symbol: 'XBTUSD', intervalS: 2, source: 'sim:1', openAtMs: 1_795_000_000_000, asOfMs: 1_795_000_002_000 },
    ...{ open: '59035.1', high: '59071.8', low: '58983.6', close: '59060.8', volume: '0.05045858', trades: 8 },
  });
});

test('a new simulated series begins with its history at once, the newest candle closed just now', async () => {
  const world = virtualWorld(NOW_MS);
  const candles = await take(simFeed(options(7), world), 1);
  assert.equal(candles.length, 300);
  assert.equal(world.nowMs(), NOW_MS);
  assert.equal(candles.at(-1)?.openAtMs, Math.floor(NOW_MS / TICK_MS) * TICK_MS - TICK_MS);
  assert.equal((candles.at(-1)?.openAtMs ?? 0) % TICK_MS, 0);
});

test('simulated candles are the same wherever the feed is cut and resumed', async () => {
  for (const seed of SEEDS) {
    const whole = await take(simFeed(options(seed), virtualWorld(NOW_MS)), 900);
    const joined = [];
    const cuts = [1, 299, 300, 301, 455, 900].map((cut) => cut + (seed % 7));
    const world = virtualWorld(NOW_MS);
    for (const cut of cuts) {
      const candles = await take(simFeed(options(seed), world), cut - joined.length, joined.at(-1)?.openAtMs);
      joined.push(...candles);
      // The next producer comes a while later, and fills what was missed.
      world.setNow(world.nowMs() + TICK_MS * (cut % 40));
    }
    assert.deepEqual(joined.slice(0, 900), whole.slice(0, 900));
    assert.equal(new Set(joined.map((candle) => candle.openAtMs)).size, joined.length);
  }
});

test('simulated slots that were missed for too long are left out beyond a bound, and the log says how many', async () => {
  const world = virtualWorld(NOW_MS);
  const resumeAfterMs = Math.floor(NOW_MS / TICK_MS) * TICK_MS - (MAX_MISSED_SLOTS + 51) * TICK_MS;
  const candles = await take(simFeed(options(3), world), MAX_MISSED_SLOTS, resumeAfterMs);
  assert.equal(candles.length, MAX_MISSED_SLOTS);
  assert.equal(candles[0]?.openAtMs, resumeAfterMs + 51 * TICK_MS);
  assert.deepEqual(world.lines[0]?.fields, { missed: MAX_MISSED_SLOTS + 50, kept: MAX_MISSED_SLOTS });
});

test('a clock that is set back makes no simulated candle twice', async () => {
  const world = virtualWorld(NOW_MS);
  const abort = new AbortController();
  const seen: number[] = [];
  for await (const batch of simFeed(options(5, 3), world).candles(undefined, abort.signal)) {
    if (seen.length === 0) world.setNow(NOW_MS - 60_000);
    seen.push(...batch.map((candle) => candle.openAtMs));
    if (seen.length >= 6) abort.abort();
  }
  assert.deepEqual(
    seen,
    Array.from({ length: seen.length }, (_, index) => (seen[0] ?? 0) + index * TICK_MS),
  );
});

for (const backMs of [1_500, 60_000, 3_600_000]) {
  test(`simulated candles go on at their pace when the clock is set back by ${backMs} ms, and when it is set right again`, async () => {
    const world = virtualWorld(NOW_MS);
    const abort = new AbortController();
    const seen: number[] = [];
    let passedMs = 0;
    const counting = {
      ...world,
      pause: (ms: number, signal: AbortSignal) => {
        passedMs += ms;
        return world.pause(ms, signal);
      },
    };
    for await (const batch of simFeed(options(5, 3), counting).candles(undefined, abort.signal)) {
      if (seen.length === 0) world.setNow(world.nowMs() - backMs);
      seen.push(...batch.map((candle) => candle.openAtMs));
      if (seen.length === 10) world.setNow(world.nowMs() + backMs);
      if (seen.length >= 20) abort.abort();
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, index) => (seen[0] ?? 0) + index * TICK_MS),
    );
    // 17 candles after the three of the past; each of both steps costs a tick at most.
    assert.ok(passedMs >= 15 * TICK_MS && passedMs <= 19 * TICK_MS, `${passedMs} ms`);
  });
}

test('a collector that begins after the clock was set back goes on at once behind the last stored candle', async () => {
  const world = virtualWorld(NOW_MS);
  const lastMs = Math.floor(NOW_MS / TICK_MS) * TICK_MS + 3_600_000;
  const candles = await take(simFeed(options(5), world), 4, lastMs);
  assert.deepEqual(
    candles.map(({ openAtMs }) => openAtMs),
    [1, 2, 3, 4].map((count) => lastMs + count * TICK_MS),
  );
  assert.ok(world.nowMs() - NOW_MS <= 5 * TICK_MS, `${world.nowMs() - NOW_MS} ms`);
});

function average(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function countCrossings(closes: readonly number[]): number {
  let crossings = 0;
  let above: boolean | undefined;
  for (let end = 30; end <= closes.length; end += 1) {
    const now = average(closes.slice(end - 10, end)) > average(closes.slice(end - 30, end));
    if (above !== undefined && above !== now) crossings += 1;
    above = now;
  }
  return crossings;
}
