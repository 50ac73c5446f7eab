import { closeAtMs, type SeriesKey } from '../../service/market/candle.js';
import { isSimulated, sourceLabel } from '../../service/market/source-label.js';
import { equityAt } from './account.js';
import type { EngineState } from './evaluate.js';

/** What trading shows of itself in its status row. Money and quantities are decimal strings; `null`: not known yet. */
export interface EngineDetail extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
  readonly source: string;
  /** The source in words; says SIMULATED where it is. */
  readonly label: string;
  readonly simulated: boolean;
  readonly lastPrice: string | null;
  readonly position: string;
  readonly cash: string;
  readonly equity: string;
  /** When the last evaluated candle closed. */
  readonly lastCandleAtMs: number | null;
  readonly lastDecision: string | null;
  readonly trades: number;
  readonly evaluated: number;
}

export function engineDetail(series: SeriesKey, state: EngineState, trades: number): EngineDetail {
  const { cursor, account } = state;
  const { candle } = cursor;
  return {
    symbol: series.symbol,
    source: series.source,
    label: sourceLabel(series.source),
    simulated: isSimulated(series.source),
    lastPrice: candle?.close ?? null,
    position: account.quantity,
    cash: account.cash,
    equity: equityAt(account, candle?.close ?? '0'),
    lastCandleAtMs: candle === undefined ? null : closeAtMs({ openAtMs: candle.openAtMs, intervalS: series.intervalS }),
    lastDecision: candle?.decision ?? null,
    trades,
    evaluated: cursor.evaluated,
  };
}
