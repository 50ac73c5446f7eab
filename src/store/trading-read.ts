import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/** The paper account that traded last. Money and quantities are decimal strings. */
export interface TradingAccount {
  readonly symbol: string;
  readonly source: string;
  readonly cash: string;
  /** Quantity held, `'0'` when flat. */
  readonly position: string;
  /** Cash plus the position at the close of the last evaluated candle. */
  readonly equity: string;
  /** Entry price of the position per unit, fee included; `null` when flat. */
  readonly averagePrice: string | null;
  /** Candles evaluated so far, each exactly once. */
  readonly evaluated: number;
  readonly updatedAtMs: number;
}

/** One fill. `atMs` is the instant of the market (the close of the candle), not of the wall clock. */
export interface Trade {
  readonly atMs: number;
  readonly candleOpenAtMs: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly reason: string;
  readonly equityAfter: string;
}

/** Read-only view of the ledger that trading writes. It never takes the write lock. */
export interface TradingRead {
  /** `undefined` until trading has evaluated its first candle. */
  readAccount(): TradingAccount | undefined;
  /** Fills of that same account, newest first. Accounts of other sources are never mixed in. */
  readTrades(limit: number): readonly Trade[];
  close(): void;
}

/** The account of the source that trading works on: the one whose cursor moved last. */
const CURRENT_ACCOUNT = `SELECT account_id FROM cursors ORDER BY updated_at_ms DESC, account_id DESC LIMIT 1`;

const ACCOUNT_SQL = `
  SELECT a.symbol, a.source, a.cash, a.equity, p.quantity AS position, p.average_price AS averagePrice,
         c.evaluated, c.updated_at_ms AS updatedAtMs
    FROM cursors c JOIN accounts a ON a.id = c.account_id JOIN positions p ON p.account_id = c.account_id
   WHERE c.account_id = (${CURRENT_ACCOUNT}) AND c.evaluated > 0`;

const TRADES_SQL = `
  SELECT f.at_ms AS atMs, o.candle_open_at_ms AS candleOpenAtMs, o.side, f.quantity, f.price, f.fee, o.reason,
         f.equity_after AS equityAfter
    FROM fills f JOIN orders o ON o.id = f.order_id
   WHERE f.account_id = (${CURRENT_ACCOUNT}) ORDER BY f.id DESC LIMIT @limit`;

/**
 * Opens the paper ledger (`data/trading.paper.db`) for reading.
 *
 * @returns `undefined` when trading has not created it yet; ask again later.
 * @throws {Database.SqliteError} when the file is no SQLite database; reads can throw it too.
 */
export function openTradingRead(path: string): TradingRead | undefined {
  if (!existsSync(path)) return undefined;
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 1_000 });
  if (!hasSchema(db)) {
    db.close();
    return undefined;
  }
  const account = db.prepare<[], TradingAccount>(ACCOUNT_SQL);
  const trades = db.prepare<{ limit: number }, Trade>(TRADES_SQL);
  return {
    readAccount: () => account.get(),
    readTrades: (limit) => trades.all({ limit }),
    close: () => void db.close(),
  };
}

/** The file exists a moment before its first migration is committed. */
function hasSchema(db: Database.Database): boolean {
  try {
    return db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'cursors'`).get() !== undefined;
  } catch (error) {
    db.close();
    throw error;
  }
}
