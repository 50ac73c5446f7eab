import { basename } from 'node:path';
import { z } from 'zod';
import { EXIT, SigctlError } from '../../errors.js';
import type { SeriesKey } from './candle.js';

/** Where candles come from, decided and checked; every unit as in the name. */
export type FeedConfig = SeriesKey &
  (
    | { readonly kind: 'sim'; readonly seed: number; readonly tickMs: number; readonly history: number }
    | { readonly kind: 'replay'; readonly path: string; readonly speed: number | 'max' }
    | { readonly kind: 'kraken'; readonly url: string; readonly pollMs: number }
  );

/** Intervals that Kraken's OHLC call knows, in seconds. */
const KRAKEN_INTERVALS_S = [60, 300, 900, 1_800, 3_600, 14_400, 86_400, 604_800, 1_296_000];
const DEFAULT_TICK_MS = 2_000;
const DEFAULT_SYMBOL = 'XBTUSD';

const wholeNumber = (from: number, to: number) => z.coerce.number().int().min(from).max(to);

/** The variables of a feed, one by one; what depends on several of them is checked by `toFeedConfig`. */
export const feedEnvSchema = z.object({
  MARKET_FEED: z
    .string()
    .regex(/^(sim|kraken|replay:.+)$/, 'expected "sim", "kraken" or "replay:<path of a .csv or .csv.gz>"')
    .default('sim'),
  MARKET_SYMBOL: z
    .string()
    .regex(/^[A-Za-z0-9./-]{2,20}$/, 'expected a symbol like XBTUSD')
    .optional(),
  MARKET_INTERVAL_S: wholeNumber(1, 1_296_000).optional(),
  REPLAY_SPEED: z
    .union([z.literal('max'), z.coerce.number().positive()], 'expected "max" or candles per second')
    .default('max'),
  SIM_SEED: wholeNumber(0, 2 ** 32 - 1).default(1),
  SIM_TICK_MS: wholeNumber(50, 3_600_000).optional(),
  SIM_HISTORY: wholeNumber(0, 10_000).default(300),
  KRAKEN_URL: z.url({ protocol: /^https?$/ }).default('https://api.kraken.com'),
  KRAKEN_POLL_MS: wholeNumber(1_000, 3_600_000).optional(),
});

export type FeedEnv = z.output<typeof feedEnvSchema>;

/** Completes the variables to one feed. @throws {SigctlError} CONFIG_INVALID, exit 2 */
export function toFeedConfig(env: FeedEnv): FeedConfig {
  if (env.MARKET_FEED === 'sim') return simConfig(env);
  return env.MARKET_FEED === 'kraken' ? krakenConfig(env) : replayConfig(env, env.MARKET_FEED.slice('replay:'.length));
}

/** Ticks that are not whole seconds go into the source: they would share an `intervalS` with others, and never mix. */
function simConfig(env: FeedEnv): FeedConfig {
  const tickMs =
    env.SIM_TICK_MS ?? (env.MARKET_INTERVAL_S === undefined ? DEFAULT_TICK_MS : env.MARKET_INTERVAL_S * 1_000);
  return {
    kind: 'sim',
    symbol: env.MARKET_SYMBOL ?? DEFAULT_SYMBOL,
    intervalS: Math.ceil(tickMs / 1_000),
    source: `sim:${env.SIM_SEED}${tickMs % 1_000 === 0 ? '' : `@${tickMs}ms`}`,
    seed: env.SIM_SEED,
    tickMs,
    history: env.SIM_HISTORY,
  };
}

/** Kraken names its files `<symbol>_<minutes>.csv`: that says what is inside better than a default could. */
function replayConfig(env: FeedEnv, path: string): FeedConfig {
  const name = /^([A-Za-z0-9]+)_(\d{1,5})\.csv(?:\.gz)?$/.exec(basename(path));
  const intervalS = name?.[2] === undefined ? env.MARKET_INTERVAL_S : Number(name[2]) * 60;
  if (intervalS === undefined || intervalS === 0) {
    throw invalid(`MARKET_INTERVAL_S is not set, and the file name "${basename(path)}" does not end in _<minutes>.csv`);
  }
  const symbol = env.MARKET_SYMBOL ?? name?.[1] ?? DEFAULT_SYMBOL;
  return { kind: 'replay', symbol, intervalS, source: `replay:${basename(path)}`, path, speed: env.REPLAY_SPEED };
}

function krakenConfig(env: FeedEnv): FeedConfig {
  const intervalS = env.MARKET_INTERVAL_S ?? 60;
  if (!KRAKEN_INTERVALS_S.includes(intervalS)) {
    throw invalid(`MARKET_INTERVAL_S is "${intervalS}": Kraken has ${KRAKEN_INTERVALS_S.join(', ')}`);
  }
  const pollMs = env.KRAKEN_POLL_MS ?? Math.min(60_000, (intervalS * 1_000) / 6);
  return {
    kind: 'kraken',
    symbol: env.MARKET_SYMBOL ?? DEFAULT_SYMBOL,
    intervalS,
    source: 'kraken',
    url: env.KRAKEN_URL,
    pollMs,
  };
}

function invalid(fault: string): SigctlError {
  return new SigctlError(`Cannot start with this configuration:\n  ${fault}`, {
    code: 'CONFIG_INVALID',
    hint: 'Set these variables under "env" of each service that collects candles (market-data and trading) in ecosystem.config.cjs',
    exitCode: EXIT.usage,
  });
}
