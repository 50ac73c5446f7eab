import type { Database } from 'better-sqlite3';
import type { SeriesKey } from '../../service/market/candle.js';
import { type Account, averagePrice, equityAt } from './account.js';
import type { Cursor, Evaluation, OrderRecord } from './evaluate.js';
import type { Batch } from './evaluate-batch.js';
import { clientId, type Intent, intentKey } from './intent.js';
import type { Fill } from './paper-broker.js';

/** What a commit did. `fenced`: another engine has taken the ledger over, and nothing was written. */
export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'fenced'; readonly newerGeneration: number };

export interface CommitRequest {
  readonly accountId: number;
  readonly generation: number;
  readonly series: SeriesKey;
  readonly strategy: string;
  readonly batch: Batch;
  readonly nowMs: number;
}

/** Prepares the one transaction that moves the ledger. It throws, and changes nothing, if the ledger is not where the batch began. */
export function ledgerCommit(db: Database): (request: CommitRequest) => CommitOutcome {
  const readWriter = db.prepare<[], { generation: number }>('SELECT generation FROM writer');
  const moveCursor = cursorMove(db);
  const addEvaluation = db.prepare<{ accountId: number; openAtMs: number; close: string; decision: string }>(
    `INSERT INTO evaluations (account_id, open_at_ms, close, decision) VALUES (@accountId, @openAtMs, @close, @decision)`,
  );
  const addOrder = orderInsertion(db);
  const writeAccount = accountUpdate(db);
  const transaction = db.transaction((request: CommitRequest): CommitOutcome => {
    const newest = readWriter.get()?.generation ?? 0;
    if (newest !== request.generation) return { kind: 'fenced', newerGeneration: newest };
    const { accountId, batch } = request;
    moveCursor(request);
    for (const evaluation of batch.evaluations) {
      const { openAtMs, close, decision, order } = evaluation;
      addEvaluation.run({ accountId, openAtMs, close, decision });
      if (order !== undefined) addOrder(request, evaluation, order);
    }
    writeAccount(accountId, batch.state.account, batch.state.cursor);
    return { kind: 'committed' };
  });
  return (request) => transaction.immediate(request);
}

function cursorMove(db: Database): (request: CommitRequest) => void {
  const move = db.prepare(
    `UPDATE cursors SET seq = @seq, seq_open_at_ms = @seqOpenAtMs, open_at_ms = @openAtMs, close = @close, decision = @decision, evaluated = @evaluated, updated_at_ms = @nowMs
      WHERE account_id = @accountId AND seq = @fromSeq AND evaluated = @fromEvaluated`,
  );
  return ({ accountId, batch: { from, state }, nowMs }) => {
    const { seq, seqOpenAtMs, evaluated, candle } = state.cursor;
    const row = {
      seq,
      seqOpenAtMs,
      evaluated,
      openAtMs: candle?.openAtMs ?? null,
      close: candle?.close ?? null,
      decision: candle?.decision ?? null,
    };
    const moved = move.run({ ...row, accountId, nowMs, fromSeq: from.seq, fromEvaluated: from.evaluated });
    if (moved.changes !== 1) throw new Error(`The ledger is not at seq ${from.seq} of account ${accountId} any more`);
  };
}

function orderInsertion(db: Database): (request: CommitRequest, evaluation: Evaluation, order: OrderRecord) => void {
  const addOrder = db.prepare(
    `INSERT INTO orders (client_id, intent_key, account_id, strategy, candle_open_at_ms, side, quantity, status,
       reject_reason, reason, fast_average, slow_average, recorded_at_ms)
     VALUES (@clientId, @intentKey, @accountId, @strategy, @candleOpenAtMs, @side, @quantity, @status,
       @rejectReason, @reason, @fast, @slow, @nowMs)`,
  );
  const addFill = db.prepare(
    `INSERT INTO fills (order_id, account_id, at_ms, price, quantity, cost, fee, cash_after, position_after, equity_after)
     VALUES (@orderId, @accountId, @atMs, @price, @quantity, @cost, @fee, @cashAfter, @positionAfter, @equityAfter)`,
  );
  return (request, evaluation, order) => {
    const { accountId, series, nowMs } = request;
    const intent = { strategy: request.strategy, series, candleOpenAtMs: evaluation.openAtMs, side: order.side };
    const row = { ...orderRow(intent, order), accountId, reason: evaluation.reason, nowMs };
    const orderId = addOrder.run(row).lastInsertRowid;
    if (order.outcome.kind !== 'filled') return;
    // The fill happens at the close of the candle. The market's clock, for every run to write the same row.
    const atMs = evaluation.openAtMs + series.intervalS * 1_000;
    addFill.run({ orderId, accountId, atMs, ...fillRow(order.outcome, order.equityAfter) });
  };
}

function orderRow(intent: Intent, { outcome, indicators }: OrderRecord): Record<string, string | number | null> {
  const { strategy, candleOpenAtMs, side } = intent;
  const result =
    outcome.kind === 'filled'
      ? { quantity: outcome.fill.quantity, rejectReason: null }
      : { quantity: outcome.quantity, rejectReason: outcome.reason };
  return {
    clientId: clientId(intent),
    intentKey: intentKey(intent),
    strategy,
    candleOpenAtMs,
    side,
    status: outcome.kind,
    ...result,
    ...indicators,
  };
}

function fillRow({ fill, account }: { fill: Fill; account: Account }, equityAfter: string): Record<string, string> {
  const { price, quantity, cost, fee } = fill;
  return { price, quantity, cost, fee, cashAfter: account.cash, positionAfter: account.quantity, equityAfter };
}

function accountUpdate(db: Database): (accountId: number, account: Account, cursor: Cursor) => void {
  const updateAccount = db.prepare(
    'UPDATE accounts SET cash = @cash, realized = @realized, equity = @equity WHERE id = @accountId',
  );
  const updatePosition = db.prepare(
    'UPDATE positions SET quantity = @quantity, cost = @cost, average_price = @averagePrice WHERE account_id = @accountId',
  );
  return (accountId, account, cursor) => {
    const { cash, realized, quantity, cost } = account;
    updateAccount.run({ accountId, cash, realized, equity: equityAt(account, cursor.candle?.close ?? '0') });
    updatePosition.run({ accountId, quantity, cost, averagePrice: averagePrice(account) ?? null });
  };
}
