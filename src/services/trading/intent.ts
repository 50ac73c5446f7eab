import { createHash } from 'node:crypto';
import type { SeriesKey } from '../../service/market/candle.js';

export interface Intent {
  readonly strategy: string;
  readonly series: SeriesKey;
  readonly candleOpenAtMs: number;
  readonly side: 'buy' | 'sell';
}

/** What makes two orders the same: a candle that is evaluated again cannot lead to a second one. */
export function intentKey({ strategy, series, candleOpenAtMs, side }: Intent): string {
  return [strategy, series.symbol, series.intervalS, series.source, candleOpenAtMs, side].join('|');
}

/** The id an order carries to the exchange: 32 hex digits (Kraken's short `cl_ord_id`), the same for the same intent. */
export function clientId(intent: Intent): string {
  return createHash('sha256').update(intentKey(intent)).digest('hex').slice(0, 32);
}
