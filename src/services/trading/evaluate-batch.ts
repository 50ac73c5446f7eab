import type { StoredCandle } from '../../service/market/candle.js';
import {
  type Cursor,
  type EngineState,
  type Evaluation,
  evaluateCandle,
  passBy,
  type TradingRules,
} from './evaluate.js';

/** A run of candles and what they led to: goes into the ledger whole or not at all. */
export interface Batch {
  /** Where the ledger has to stand for this batch to be its continuation. */
  readonly from: Cursor;
  readonly state: EngineState;
  readonly evaluations: readonly Evaluation[];
}

export interface BatchRules extends TradingRules {
  /** Whether a candle behind the cursor is on record already: market.db was replaced and its `seq` began again. */
  readonly isEvaluated: (openAtMs: number) => boolean;
  readonly isTradable: (candle: StoredCandle) => boolean;
}

/** Evaluates candles in the order given. Candles that are on record already only move the cursor's `seq`. */
export function evaluateBatch(from: EngineState, candles: readonly StoredCandle[], rules: BatchRules): Batch {
  const evaluations: Evaluation[] = [];
  let state = from;
  for (const candle of candles) {
    if (isBehind(state.cursor, candle) && rules.isEvaluated(candle.openAtMs)) {
      state = { ...state, cursor: passBy(state.cursor, candle) };
      continue;
    }
    const step = evaluateCandle(state, candle, rules, rules.isTradable(candle));
    state = step.state;
    evaluations.push(step.evaluation);
  }
  return { from: from.cursor, state, evaluations };
}

function isBehind(cursor: Cursor, candle: StoredCandle): boolean {
  return cursor.candle !== undefined && candle.openAtMs <= cursor.candle.openAtMs;
}
