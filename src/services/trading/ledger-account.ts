import type Database from 'better-sqlite3';
import type { SeriesKey } from '../../service/market/candle.js';
import { type Account, emptyAccount } from './account.js';
import type { Cursor, EngineState } from './evaluate.js';

/** Finds the account of a series, or opens it with that much cash. Call it in a transaction. */
export function accountOpening(db: Database.Database): (series: SeriesKey, startingCash: string) => number {
  const find = db.prepare<SeriesKey, { id: number }>(
    'SELECT id FROM accounts WHERE symbol = @symbol AND interval_s = @intervalS AND source = @source',
  );
  const addAccount = db.prepare<SeriesKey & Account>(
    `INSERT INTO accounts (symbol, interval_s, source, starting_cash, cash, realized, equity)
     VALUES (@symbol, @intervalS, @source, @cash, @cash, @realized, @cash)`,
  );
  const addPosition = db.prepare<{ id: number | bigint }>(
    `INSERT INTO positions (account_id, quantity, cost) VALUES (@id, '0', '0')`,
  );
  const addCursor = db.prepare<{ id: number | bigint }>(
    'INSERT INTO cursors (account_id, seq, seq_open_at_ms, evaluated, updated_at_ms) VALUES (@id, 0, 0, 0, 0)',
  );
  return ({ symbol, intervalS, source }, startingCash) => {
    const key = { symbol, intervalS, source };
    const found = find.get(key);
    if (found !== undefined) return found.id;
    const id = addAccount.run({ ...key, ...emptyAccount(startingCash) }).lastInsertRowid;
    addPosition.run({ id });
    addCursor.run({ id });
    return Number(id);
  };
}

interface StateRow extends Account {
  readonly seq: number;
  readonly seqOpenAtMs: number;
  readonly openAtMs: number | null;
  readonly close: string | null;
  readonly decision: string | null;
  readonly evaluated: number;
}

/** Reads back what an engine has to know, as of the last commit. */
export function stateReader(db: Database.Database): (accountId: number, closes: number) => EngineState {
  const row = db.prepare<{ accountId: number }, StateRow>(
    `SELECT c.seq, c.seq_open_at_ms AS seqOpenAtMs, c.open_at_ms AS openAtMs, c.close, c.decision, c.evaluated, a.cash, a.realized, p.quantity, p.cost
       FROM cursors c JOIN accounts a ON a.id = c.account_id JOIN positions p ON p.account_id = c.account_id
      WHERE c.account_id = @accountId`,
  );
  // Late candles never were part of the averages, so they are not now.
  const window = db.prepare<{ accountId: number; limit: number }, { close: string }>(
    `SELECT close FROM evaluations WHERE account_id = @accountId AND decision <> 'late' ORDER BY open_at_ms DESC LIMIT @limit`,
  );
  return (accountId, closes) => {
    const found = row.get({ accountId });
    if (found === undefined) throw new Error(`No account ${accountId} in the ledger`);
    const { cash, realized, quantity, cost } = found;
    const latest = window.all({ accountId, limit: closes }).reverse();
    return {
      cursor: toCursor(found),
      closes: latest.map(({ close }) => Number(close)),
      account: { cash, realized, quantity, cost },
    };
  };
}

function toCursor({ seq, seqOpenAtMs, openAtMs, close, decision, evaluated }: StateRow): Cursor {
  const begun = openAtMs !== null && close !== null && decision !== null;
  return { seq, seqOpenAtMs, evaluated, ...(begun ? { candle: { openAtMs, close, decision } } : {}) };
}
