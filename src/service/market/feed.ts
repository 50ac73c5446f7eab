import { assertNever } from '../../core/assert-never.js';
import { readConfig } from '../config.js';
import type { CandleFeed, FeedDeps } from './candle-feed.js';
import { type FeedConfig, feedEnvSchema, toFeedConfig } from './feed-config.js';
import { krakenClient } from './kraken-client.js';
import { krakenFeed } from './kraken-feed.js';
import { replayFeed } from './replay-feed.js';
import { simFeed } from './sim-feed.js';

/** Reads MARKET_*, SIM_*, REPLAY_* and KRAKEN_* from the environment. @throws {SigctlError} CONFIG_INVALID, exit 2 */
export function readFeedConfig(env: NodeJS.ProcessEnv): FeedConfig {
  return toFeedConfig(readConfig(feedEnvSchema, env));
}

/** Makes the configured feed. Nothing is opened or asked before its candles are. */
export function createFeed(config: FeedConfig, deps: FeedDeps): CandleFeed {
  switch (config.kind) {
    case 'sim':
      return simFeed(config, deps);
    case 'replay':
      return replayFeed(config, deps);
    case 'kraken':
      return krakenFeed(config, krakenClient({ url: config.url }, deps), deps);
    default:
      return assertNever(config, 'feed');
  }
}
