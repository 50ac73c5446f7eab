import type { CandleFeed } from '../../service/market/candle-feed.js';
import { type CandleStore, openCandleStore } from '../../service/market/candle-store.js';
import { type CollectorEvent, runCollector } from '../../service/market/collector.js';
import { pause } from '../../service/market/pause.js';
import type { Service } from '../../service/service.js';

/** The collector that steps in while market-data does not run. */
export interface FallbackCollector {
  /** Why collecting fails at the moment; `undefined` while it works, or while somebody else collects. */
  trouble(): string | undefined;
  /** Resolves after `service.signal` aborts, with the lease given back and market.db closed. */
  readonly done: Promise<void>;
}

export interface FallbackOptions {
  readonly service: Service;
  readonly marketPath: string;
  readonly feed: CandleFeed;
  readonly statusDb: string | undefined;
  readonly holder: string;
}

/** A file that cannot be opened is the operator's to mend: no need to ask more often. */
const REOPEN_MS = 2_000;

export function startFallbackCollector(options: FallbackOptions): FallbackCollector {
  const { service, feed, statusDb, holder } = options;
  let trouble: string | undefined;
  const onEvent = (event: CollectorEvent) => {
    trouble = event.kind === 'trouble' ? event.error.message : undefined;
    if (event.kind === 'collecting')
      service.log.info({ total: event.total }, 'collecting candles here: market-data does not');
    if (event.kind === 'standby') service.log.info('another process collects the candles');
    if (event.kind === 'finished') service.log.info({ total: event.total }, 'the feed has no more candles');
  };
  const run = async () => {
    while (!service.signal.aborted) {
      const store = tryOpen(options.marketPath, (message) => {
        if (trouble !== message) service.log.error(message);
        trouble = message;
      });
      if (store === undefined) {
        await pause(REOPEN_MS, service.signal);
        continue;
      }
      await runCollector({ service, store, feed, role: 'fallback', statusDb, holder, onEvent });
      store.close();
    }
  };
  return { trouble: () => trouble, done: run() };
}

function tryOpen(path: string, onFailure: (message: string) => void): CandleStore | undefined {
  try {
    return openCandleStore(path);
  } catch (error) {
    // The engine goes on with what is stored, or says for itself that it cannot read it.
    onFailure(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
