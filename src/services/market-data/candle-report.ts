import { assertNever } from '../../core/assert-never.js';
import { closeAtMs, type SeriesKey, type StoredCandle } from '../../service/market/candle.js';
import type { CandleFeed, FeedLog } from '../../service/market/candle-feed.js';
import type { CollectorEvent } from '../../service/market/collector.js';
import { isSimulated, sourceLabel } from '../../service/market/source-label.js';
import type { Service } from '../../service/service.js';

/** What market-data shows of itself in its status row. `null`: nothing stored yet. */
export interface CandleDetail extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
  readonly intervalS: number;
  readonly source: string;
  /** The source in words; says SIMULATED where it is. */
  readonly label: string;
  readonly simulated: boolean;
  /** Decimal string. */
  readonly lastPrice: string | null;
  /** When the last stored candle closed. */
  readonly lastCandleAtMs: number | null;
  /** Candles stored in this series. */
  readonly candles: number;
}

/** The part of the kit that is reported to. */
export type ReportingService = Pick<Service, 'state' | 'progress'> & { readonly log: FeedLog };

/** Short intervals too are given so long before a missing candle is called stale. */
const MIN_WITHIN_MS = 90_000;
const MISSED_CANDLES = 3;
/** Nothing is expected any more (see `progress_within_ms` in docs/architecture.md §5). */
const NO_DEADLINE = 0;

/**
 * Turns what the collector tells into the service's state and progress. Progress `candle` moves when candles were
 * stored, and by nothing else but the end of a replay; a source that answers without news moves none.
 */
export function candleReport(
  service: ReportingService,
  feed: Pick<CandleFeed, 'series' | 'expectEveryMs'>,
): (event: CollectorEvent) => void {
  const withinMs = Math.max(MIN_WITHIN_MS, MISSED_CANDLES * feed.expectEveryMs);
  let troubled = false;
  const recovered = () => {
    if (troubled) service.log.info({ series: feed.series }, 'collecting candles works again');
    if (troubled) service.state('scanning');
    troubled = false;
  };
  return (event) => {
    switch (event.kind) {
      case 'standby':
        return service.state('idle', { reason: 'another process collects the candles' });
      case 'collecting':
        service.log.info(
          { series: feed.series, stored: event.total },
          `collecting: ${sourceLabel(feed.series.source)}`,
        );
        return service.state('scanning', { detail: detailOf(feed.series, event.last, event.total) });
      case 'quiet':
        return recovered();
      case 'stored':
        recovered();
        return service.progress('candle', { withinMs, detail: detailOf(feed.series, event.last, event.total) });
      case 'trouble':
        troubled = true;
        return service.state('error', { reason: event.error.message });
      case 'finished':
        return finish(service, detailOf(feed.series, event.last, event.total));
      default:
        return assertNever(event, 'collector event');
    }
  };
}

function finish(service: ReportingService, detail: CandleDetail): void {
  const reason = `replay finished: ${detail.candles.toLocaleString('en-US')} candles`;
  service.log.info({ candles: detail.candles }, reason);
  service.progress('candle', { withinMs: NO_DEADLINE, detail });
  service.state('idle', { reason });
}

function detailOf(series: SeriesKey, last: StoredCandle | undefined, candles: number): CandleDetail {
  const { symbol, intervalS, source } = series;
  return {
    ...{ symbol, intervalS, source, label: sourceLabel(source), simulated: isSimulated(source) },
    lastPrice: last?.close ?? null,
    lastCandleAtMs: last === undefined ? null : closeAtMs(last),
    candles,
  };
}
