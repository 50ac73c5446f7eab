import { once } from 'node:events';
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { formatDuration } from '../../core/duration.js';
import type { SeriesKey } from './candle.js';
import type { FeedDeps } from './candle-feed.js';
import { isTransient, KrakenError } from './kraken-error.js';
import { fetchText } from './kraken-fetch.js';
import { KRAKEN_LIMITS, type KrakenLimits } from './kraken-limits.js';
import { type OhlcReply, parseOhlcReply } from './kraken-ohlc.js';
import { requestGate } from './request-gate.js';

export interface KrakenClientOptions {
  /** `https://api.kraken.com`, or a fake. */
  readonly url: string;
  /** Tests shorten the waits. */
  readonly limits?: Partial<KrakenLimits>;
}

/** Any long interval: it never does anything. */
const KEEP_ALIVE_MS = 3_600_000;

/** The only way to Kraken's public REST. One per process, for the request rate is counted here. */
export interface KrakenClient {
  /**
   * Up to 720 of the newest candles, the last of them still open.
   *
   * @param sinceS Only candles after this open time, unix seconds. Older ones than the newest 720 are not to be had.
   * @throws {KrakenError} after the retries; the reason of `signal` when it aborts
   */
  ohlc(series: SeriesKey, sinceS: number | undefined, signal: AbortSignal): Promise<OhlcReply>;
}

/** Makes a client in which each call passes retry → circuit breaker → request gate → timeout. */
export function krakenClient(options: KrakenClientOptions, deps: FeedDeps): KrakenClient {
  const limits = { ...KRAKEN_LIMITS, ...options.limits };
  const policy = retryWithBreaker(limits);
  const gate = requestGate(limits, deps);
  return {
    async ohlc(series, sinceS, signal) {
      const url = ohlcUrl(options.url, series, sinceS);
      const attempt = async (): Promise<OhlcReply> => {
        await gate.passed(signal);
        try {
          return parseOhlcReply(await fetchText(url, limits.timeoutMs, signal), series, deps.nowMs());
        } catch (error) {
          gate.heed(error);
          throw error;
        }
      };
      try {
        return await abortable(policy.execute(attempt, signal), signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof BrokenCircuitError ? circuitOpen(limits) : error;
      }
    },
  };
}

function retryWithBreaker(limits: KrakenLimits): IPolicy {
  const failure = handleWhen(isTransient);
  const backoff = new ExponentialBackoff({ initialDelay: limits.firstBackoffMs, maxDelay: limits.maxBackoffMs });
  const breaker = new ConsecutiveBreaker(limits.breakAfter);
  return wrap(
    // Unref'd: a retry that nobody waits for any more must not keep the process.
    retry(failure, { maxAttempts: limits.retries, backoff }).dangerouslyUnref(),
    circuitBreaker(failure, { halfOpenAfter: limits.halfOpenAfterMs, breaker }),
  );
}

function ohlcUrl(base: string, series: SeriesKey, sinceS: number | undefined): URL {
  const url = new URL('/0/public/OHLC', base);
  url.searchParams.set('pair', series.symbol);
  url.searchParams.set('interval', String(series.intervalS / 60));
  if (sinceS !== undefined) url.searchParams.set('since', String(sinceS));
  return url;
}

/** cockatiel's retry sleeps through an abort; the caller need not. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => Promise.reject(signal.reason));
  // Stands in for the unref'd retry: the process stays for as long as somebody waits, and no longer.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearInterval(alive);
    done.abort();
  }
}

function circuitOpen(limits: KrakenLimits): KrakenError {
  const every = formatDuration(limits.halfOpenAfterMs);
  return new KrakenError('circuit-open', `${limits.breakAfter} failures in a row: trying one request every ${every}`);
}
