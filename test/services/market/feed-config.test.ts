import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SigctlError } from '../../../src/errors.js';
import { readFeedConfig } from '../../../src/service/market/feed.js';

test('without any variable the feed is a simulation with a candle every two seconds', () => {
  assert.deepEqual(readFeedConfig({}), {
    ...{ kind: 'sim', symbol: 'XBTUSD', intervalS: 2, source: 'sim:1' },
    ...{ seed: 1, tickMs: 2_000, history: 300 },
  });
});

test('a tick of a fraction of seconds is part of the source, so that it never mixes with another tick', () => {
  const fast = readFeedConfig({ SIM_TICK_MS: '1500', SIM_SEED: '9' });
  assert.deepEqual([fast.intervalS, fast.source], [2, 'sim:9@1500ms']);
  const slow = readFeedConfig({ MARKET_INTERVAL_S: '60', SIM_SEED: '9' });
  assert.deepEqual([slow.intervalS, slow.source], [60, 'sim:9']);
});

test('a replay takes symbol and interval from the name of the file, and MARKET_SYMBOL wins', () => {
  const path = '/somewhere/ETHUSD_60.csv.gz';
  assert.deepEqual(readFeedConfig({ MARKET_FEED: `replay:${path}`, MARKET_INTERVAL_S: '60', REPLAY_SPEED: '2.5' }), {
    ...{ kind: 'replay', symbol: 'ETHUSD', intervalS: 3_600, source: 'replay:ETHUSD_60.csv.gz', path, speed: 2.5 },
  });
  assert.equal(readFeedConfig({ MARKET_FEED: `replay:${path}`, MARKET_SYMBOL: 'ETH/USD' }).symbol, 'ETH/USD');
});

test('a replay of a file whose name says no interval needs MARKET_INTERVAL_S', () => {
  const config = readFeedConfig({ MARKET_FEED: 'replay:prices.csv', MARKET_INTERVAL_S: '300' });
  assert.deepEqual([config.intervalS, config.source, config.symbol], [300, 'replay:prices.csv', 'XBTUSD']);
  assert.throws(() => readFeedConfig({ MARKET_FEED: 'replay:prices.csv' }), isInvalid(/MARKET_INTERVAL_S is not set/));
});

test('the Kraken feed takes only intervals that Kraken has, and polls six times in each, at most once a minute', () => {
  assert.deepEqual(readFeedConfig({ MARKET_FEED: 'kraken' }), {
    ...{ kind: 'kraken', symbol: 'XBTUSD', intervalS: 60, source: 'kraken' },
    ...{ url: 'https://api.kraken.com', pollMs: 10_000 },
  });
  const hourly = readFeedConfig({ MARKET_FEED: 'kraken', MARKET_INTERVAL_S: '3600' });
  assert.equal(hourly.kind === 'kraken' && hourly.pollMs, 60_000);
  assert.throws(
    () => readFeedConfig({ MARKET_FEED: 'kraken', MARKET_INTERVAL_S: '90' }),
    isInvalid(/Kraken has 60, 300/),
  );
});

test('every variable that is wrong is named, with what was found', () => {
  const env = { MARKET_FEED: 'binance', REPLAY_SPEED: 'fast', SIM_SEED: '-1', SIM_TICK_MS: '1', KRAKEN_URL: 'ftp://x' };
  for (const [name, value] of Object.entries(env)) {
    assert.throws(() => readFeedConfig(env), isInvalid(new RegExp(`${name} is "${value}"`)));
  }
  assert.throws(() => readFeedConfig({ REPLAY_SPEED: '0' }), isInvalid(/REPLAY_SPEED/));
  assert.throws(() => readFeedConfig({ MARKET_FEED: 'replay:' }), isInvalid(/MARKET_FEED/));
});

function isInvalid(pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof SigctlError && error.code === 'CONFIG_INVALID' && pattern.test(error.message);
}
