import type { LeaseHandle } from '../lease.js';
import type { Service } from '../service.js';
import type { StoredCandle } from './candle.js';
import type { CandleFeed } from './candle-feed.js';
import type { CandleStore } from './candle-store.js';
import { type CollectorRole, openPreference, type Preference } from './collector-preference.js';
import { pause } from './pause.js';

/** What a collector tells the service around it. After `trouble`, the next `stored` or `quiet` means: well again. */
export type CollectorEvent =
  /** Another process collects; nothing is to be done here. */
  | { readonly kind: 'standby' }
  | { readonly kind: 'collecting'; readonly last: StoredCandle | undefined; readonly total: number }
  | { readonly kind: 'stored'; readonly inserted: number; readonly last: StoredCandle; readonly total: number }
  /** The source answered and had nothing new. */
  | { readonly kind: 'quiet' }
  /** The source or the store failed; it is tried again by itself. */
  | { readonly kind: 'trouble'; readonly error: Error; readonly retryInMs: number }
  /** The source has no more, ever: the end of a replay. */
  | { readonly kind: 'finished'; readonly last: StoredCandle | undefined; readonly total: number };

export interface CollectorOptions {
  readonly service: Pick<Service, 'lease' | 'log' | 'signal' | 'now'>;
  readonly store: CandleStore;
  readonly feed: CandleFeed;
  readonly role: CollectorRole;
  /** SIGCTL_STATUS_DB; `undefined` outside of sigctl. */
  readonly statusDb: string | undefined;
  /** Who collects, in words, for the record: `market-data pid 4711`. */
  readonly holder: string;
  /** Must not throw. */
  readonly onEvent: (event: CollectorEvent) => void;
}

/** With the poll below, a holder that was killed is replaced within 4.5 s: inside one heartbeat of 5 s. */
const LEASE_TTL_MS = 4_000;
const POLL_MS = 500;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/**
 * Collects candles while this process holds the lease `collector`, else waits for it. Each term resumes after the last stored
 * candle and writes under a fresh generation of the store, so that no hand-over repeats or misses one, even when the old
 * holder was only asleep.
 *
 * Resolves, with the lease given back, after `service.signal` aborts (await it in a shutdown hook, and the next collector
 * begins at once), or when the store's file was moved or deleted: then open it anew. Never rejects for what the source or
 * the store throws.
 */
export async function runCollector(options: CollectorOptions): Promise<void> {
  const { service, role, statusDb } = options;
  let term = new AbortController();
  const lease = service.lease('collector', { ttlMs: LEASE_TTL_MS, onLost: () => term.abort() });
  const preference = openPreference(role, { service, statusDb, ttlMs: LEASE_TTL_MS });
  let standby = false;
  while (!service.signal.aborted && options.store.isCurrent()) {
    if (preference.mayCollect() && lease.tryAcquire()) {
      standby = false;
      term = new AbortController();
      await serveTerm(options, lease, term, preference);
      lease.release();
    } else if (!standby) {
      standby = true;
      options.onEvent({ kind: 'standby' });
    }
    await pause(POLL_MS, service.signal);
  }
  preference.close();
}

/** One time of holding the lease. Ends when it is lost, a preferred collector waits, the file is gone, or at shutdown. */
async function serveTerm(
  options: CollectorOptions,
  lease: LeaseHandle,
  term: AbortController,
  preference: Preference,
): Promise<void> {
  const { service, store } = options;
  const end = () => term.abort();
  service.signal.addEventListener('abort', end);
  const watch = setInterval(() => {
    if (!preference.mayCollect() || !store.isCurrent()) end();
  }, POLL_MS);
  try {
    const generation = store.claim(options.holder);
    // Asked again: if the process slept between lease and claim, someone else may be the holder by now.
    if (lease.tryAcquire()) await collect(options, lease, term, generation);
  } catch (error) {
    reportTrouble(options, error, POLL_MS);
  } finally {
    clearInterval(watch);
    service.signal.removeEventListener('abort', end);
  }
}

/** Runs the feed until the term ends, beginning anew after each failure. */
async function collect(
  options: CollectorOptions,
  lease: LeaseHandle,
  term: AbortController,
  generation: number,
): Promise<void> {
  const { store, feed } = options;
  let total = store.count(feed.series);
  let retryInMs = RETRY_MIN_MS;
  options.onEvent({ kind: 'collecting', last: store.lastCandle(feed.series), total });
  while (!term.signal.aborted) {
    try {
      for await (const batch of feed.candles(store.lastCandle(feed.series)?.openAtMs, term.signal)) {
        if (term.signal.aborted || !lease.held) return;
        const outcome = store.insert(batch, generation);
        if (outcome.kind === 'fenced') return reportFenced(options, generation, outcome.newerGeneration);
        total += outcome.inserted;
        retryInMs = RETRY_MIN_MS;
        reportStored(options, outcome.inserted, outcome.ignored, total);
      }
      if (term.signal.aborted) return;
      options.onEvent({ kind: 'finished', last: store.lastCandle(feed.series), total });
      return await aborted(term.signal);
    } catch (error) {
      if (term.signal.aborted) return;
      reportTrouble(options, error, retryInMs);
      await pause(retryInMs, term.signal);
      retryInMs = Math.min(RETRY_MAX_MS, retryInMs * 2);
    }
  }
}

function reportStored(options: CollectorOptions, inserted: number, ignored: number, total: number): void {
  const { store, feed, service, onEvent } = options;
  if (ignored > 0) service.log.debug({ ignored }, 'candles that were stored before are left as they are');
  const last = inserted > 0 ? store.lastCandle(feed.series) : undefined;
  onEvent(last === undefined ? { kind: 'quiet' } : { kind: 'stored', inserted, last, total });
}

function reportTrouble(options: CollectorOptions, cause: unknown, retryInMs: number): void {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  options.service.log.error({ err: error, retryInMs }, 'collecting candles failed, trying again');
  options.onEvent({ kind: 'trouble', error, retryInMs });
}

function reportFenced({ service }: CollectorOptions, generation: number, newerGeneration: number): void {
  service.log.warn({ generation, newerGeneration }, 'another collector has taken over: nothing was written');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
