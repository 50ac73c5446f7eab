import type { StoredCandle } from '../../service/market/candle.js';
import { type Account, equityAt, isHolding } from './account.js';
import { type BrokerRules, buyAtClose, type Fill, type OrderOutcome, sellAtClose } from './paper-broker.js';
import { type CrossoverParams, type Decision, decide, warmUp } from './strategy.js';

/** Everything that decides what a candle leads to, beside the candles themselves. */
export interface TradingRules {
  readonly crossover: CrossoverParams;
  readonly broker: BrokerRules;
}

/** How far a series is read and evaluated. `seq` 0 and no candle: not begun. */
export interface Cursor {
  /** Of the candle read last, and when it opened: both, to recognise a market.db that has been replaced. */
  readonly seq: number;
  readonly seqOpenAtMs: number;
  /** The newest candle evaluated, and what was decided in words (`hold: no crossing: …`). */
  readonly candle?: { readonly openAtMs: number; readonly close: string; readonly decision: string };
  readonly evaluated: number;
}

/** What an engine knows between two candles: all of it can be read back from the ledger. */
export interface EngineState {
  readonly cursor: Cursor;
  /** The last closes, oldest first, `warmUp()` of them at most. */
  readonly closes: readonly number[];
  readonly account: Account;
}

/** What one candle led to; one row in the ledger, and at most one order. */
export interface Evaluation {
  readonly openAtMs: number;
  readonly close: string;
  /** `late`: the candle lies behind the cursor, so it is put on record and nothing else. */
  readonly decision: Decision['action'] | 'late';
  readonly reason: string;
  readonly order?: OrderRecord;
}

/** An order as it goes into the ledger. */
export interface OrderRecord {
  readonly side: Fill['side'];
  readonly indicators: { readonly fast: number; readonly slow: number };
  readonly outcome: OrderOutcome;
  /** Equity at the close of the candle, after the order. */
  readonly equityAfter: string;
}

export interface Step {
  readonly state: EngineState;
  readonly evaluation: Evaluation;
}

/**
 * Evaluates one closed candle. Pure: the same candles from the same state make the same ledger, however they are cut
 * into batches and wherever an engine was killed in between.
 *
 * @param tradable Whether an order at this close is honest; if not, the candle feeds the averages and is not traded.
 */
export function evaluateCandle(state: EngineState, candle: StoredCandle, rules: TradingRules, tradable: boolean): Step {
  if (candle.openAtMs <= (state.cursor.candle?.openAtMs ?? -Infinity)) return lateStep(state, candle);
  const closes = [...state.closes, Number(candle.close)].slice(-warmUp(rules.crossover));
  const decision = holdUnless(tradable, decide(closes, isHolding(state.account), rules.crossover));
  const order = orderFor(decision, state.account, candle.close, rules.broker);
  return {
    state: { cursor: advance(state.cursor, candle, decision), closes, account: accountAfter(order, state.account) },
    evaluation: {
      openAtMs: candle.openAtMs,
      close: candle.close,
      decision: decision.action,
      reason: decision.reason,
      ...(order === undefined ? {} : { order }),
    },
  };
}

function lateStep(state: EngineState, candle: StoredCandle): Step {
  const { cursor } = state;
  return {
    state: { ...state, cursor: { ...passBy(cursor, candle), evaluated: cursor.evaluated + 1 } },
    evaluation: {
      openAtMs: candle.openAtMs,
      close: candle.close,
      decision: 'late',
      reason: 'arrived behind the cursor',
    },
  };
}

function advance(cursor: Cursor, { seq, openAtMs, close }: StoredCandle, { action, reason }: Decision): Cursor {
  const candle = { openAtMs, close, decision: `${action}: ${reason}` };
  return { seq, seqOpenAtMs: openAtMs, candle, evaluated: cursor.evaluated + 1 };
}

/** Counts a candle as read, and not as evaluated. */
export function passBy(cursor: Cursor, { seq, openAtMs }: StoredCandle): Cursor {
  return { ...cursor, seq, seqOpenAtMs: openAtMs };
}

function holdUnless(tradable: boolean, decision: Decision): Decision {
  if (tradable || decision.action === 'hold') return decision;
  return { ...decision, action: 'hold', reason: `catching up, too late to ${decision.action}: ${decision.reason}` };
}

function orderFor(decision: Decision, account: Account, close: string, rules: BrokerRules): OrderRecord | undefined {
  if (decision.action === 'hold' || decision.indicators === undefined) return undefined;
  const place = decision.action === 'buy' ? buyAtClose : sellAtClose;
  const outcome = place(account, close, rules);
  const after = outcome.kind === 'filled' ? outcome.account : account;
  return { side: decision.action, indicators: decision.indicators, outcome, equityAfter: equityAt(after, close) };
}

function accountAfter(order: OrderRecord | undefined, account: Account): Account {
  return order?.outcome.kind === 'filled' ? order.outcome.account : account;
}
