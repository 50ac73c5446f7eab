import { formatDuration } from '../../core/duration.js';
import type { FeedDeps } from './candle-feed.js';
import { KrakenError } from './kraken-error.js';
import type { KrakenLimits } from './kraken-limits.js';

/** Keeps requests apart, and heeds what the exchange says about its limits. */
export interface RequestGate {
  /** Resolves when it is this request's turn. @throws {KrakenError} `rate-limit` when that is too far away to wait for */
  passed(signal: AbortSignal): Promise<void>;
  /** Closes the gate for a while when the error is a rate limit. */
  heed(error: unknown): void;
}

/** Counts on the monotonic clock, so that a wall clock set back cannot close the gate for hours. */
export function requestGate(limits: KrakenLimits, deps: Pick<FeedDeps, 'nowMs' | 'pause'>): RequestGate {
  let openAtMs = 0;
  return {
    async passed(signal) {
      const nowMs = performance.now();
      const waitMs = openAtMs - nowMs;
      if (waitMs > limits.maxWaitMs)
        throw new KrakenError('rate-limit', `no request for another ${formatDuration(waitMs)}`);
      openAtMs = Math.max(openAtMs, nowMs) + limits.minGapMs;
      if (waitMs > 0) await deps.pause(waitMs, signal);
      signal.throwIfAborted();
    },
    heed(error) {
      if (!(error instanceof KrakenError) || error.kind !== 'rate-limit') return;
      const statedMs = error.retryAtMs === undefined ? 0 : error.retryAtMs - deps.nowMs();
      openAtMs = performance.now() + Math.max(limits.rateLimitPauseMs, statedMs);
    },
  };
}
