import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { krakenClient } from '../../../src/service/market/kraken-client.js';
import { krakenFeed } from '../../../src/service/market/kraken-feed.js';
import { type KrakenFake, minuteRows, startKrakenFake } from '../../fixtures/kraken-fake/kraken-fake.js';
import { MINUTE_SERIES, take, type VirtualWorld, virtualWorld } from './rig.js';

const FROM_S = 1_791_318_900;
const NOW_MS = (FROM_S + 3_600) * 1_000;

async function rig(t: TestContext) {
  const fake = await startKrakenFake(t);
  const world = virtualWorld(NOW_MS);
  const client = krakenClient({ url: fake.url, limits: { minGapMs: 1, retries: 0, rateLimitPauseMs: 1 } }, world);
  return { fake, world, feed: krakenFeed({ ...MINUTE_SERIES, pollMs: 10_000 }, client, world) };
}

const minutes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => (FROM_S + (from + index) * 60) * 1_000);

test('the Kraken feed begins with all closed candles that Kraken has, and never gives the open one', async (t) => {
  const { fake, feed, world } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 1_000));
  const candles = await take(feed, 1);
  assert.deepEqual(
    candles.map((candle) => candle.openAtMs),
    minutes(280, 999),
  );
  assert.equal(candles[0]?.asOfMs, NOW_MS);
  assert.equal(warnings(world).length, 0);
});

test('the Kraken feed gives each candle once it has closed, and an empty batch while there is none', async (t) => {
  const { fake, feed } = await rig(t);
  const abort = new AbortController();
  const batches: number[][] = [];
  fake.setRows(minuteRows(FROM_S, 3));
  for await (const batch of feed.candles(undefined, abort.signal)) {
    batches.push(batch.map((candle) => candle.openAtMs));
    fake.setRows(minuteRows(FROM_S, [3, 3, 4, 6][batches.length] ?? 0));
    if (batches.length === 4) abort.abort();
  }
  assert.deepEqual(batches, [minutes(0, 2), [], minutes(2, 3), minutes(3, 5)]);
});

test('the Kraken feed resumes after the last stored candle, whether or not since includes its own instant', async (t) => {
  const { fake, feed, world } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 20));
  const candles = await take(feed, 1, (FROM_S + 9 * 60) * 1_000);
  assert.deepEqual(
    candles.map((candle) => candle.openAtMs),
    minutes(10, 19),
  );
  assert.equal(warnings(world).length, 0);
});

test('a correction of a candle that was given before is not given again', async (t) => {
  const { fake, feed } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 5).map((row): typeof row => [row[0], '1', '1', '1', '1', '1', '1', 1]));
  const candles = await take(feed, 1, (FROM_S + 2 * 60) * 1_000);
  assert.deepEqual(
    candles.map((candle) => candle.openAtMs),
    minutes(3, 4),
  );
});

test('rows out of order or twice come in order and once', async (t) => {
  const { fake, feed } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 50));
  fake.fail('shuffled');
  const candles = await take(feed, 1);
  assert.deepEqual(
    candles.map((candle) => candle.openAtMs),
    minutes(0, 49),
  );
});

test('a gap that is older than what Kraken still has is logged with its numbers, and what there is is stored', async (t) => {
  const { fake, feed, world } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 1_000));
  const candles = await take(feed, 1, FROM_S * 1_000);
  assert.deepEqual(
    candles.map((candle) => candle.openAtMs),
    minutes(280, 999),
  );
  const range = { afterMs: FROM_S * 1_000, beforeMs: (FROM_S + 280 * 60) * 1_000, missing: 279, maxRows: 720 };
  assert.deepEqual(
    warnings(world).map((line) => line.fields),
    [range],
  );
});

test('minutes without a trade that Kraken leaves out are no gap', async (t) => {
  const { fake, feed, world } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 20).filter((_, index) => index % 3 !== 1));
  const candles = await take(feed, 1, FROM_S * 1_000);
  assert.equal(candles.length, 11);
  assert.equal(warnings(world).length, 0);
});

test('a warning of Kraken is logged, and its candles count', async (t) => {
  const { fake, feed, world } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 3));
  fake.fail('warning');
  assert.equal((await take(feed, 1)).length, 2);
  assert.deepEqual(
    warnings(world).map((line) => line.fields),
    [{ warning: 'WGeneral:Danger' }],
  );
});

test('a failed poll comes out of the feed as its error, and a new start goes on', async (t) => {
  const { fake, feed } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 3));
  fake.fail('html-520');
  await assert.rejects(take(feed, 1), { name: 'KrakenError', kind: 'unavailable' });
  assert.equal((await take(feed, 1)).length, 2);
});

test('a Kraken that knows only the open candle is no failure', async (t) => {
  const { fake, feed }: { fake: KrakenFake; feed: Awaited<ReturnType<typeof rig>>['feed'] } = await rig(t);
  fake.setRows(minuteRows(FROM_S, 1));
  const abort = new AbortController();
  for await (const batch of feed.candles(undefined, abort.signal)) {
    assert.deepEqual(batch, []);
    abort.abort();
  }
});

function warnings(world: VirtualWorld) {
  return world.lines.filter((line) => line.level === 'warn');
}
