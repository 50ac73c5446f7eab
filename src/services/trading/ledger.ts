import Database from 'better-sqlite3';
import { EXIT, SigctlError } from '../../errors.js';
import type { SeriesKey } from '../../service/market/candle.js';
import type { EngineState } from './evaluate.js';
import { accountOpening, stateReader } from './ledger-account.js';
import { type CommitOutcome, type CommitRequest, ledgerCommit } from './ledger-commit.js';
import { migrateLedger } from './ledger-schema.js';

/** Another process may hold the write lock for a moment (a backup); beyond this it is an error worth reporting. */
const BUSY_TIMEOUT_MS = 5_000;

/** The paper account's books. Every method is synchronous; one process writes, fenced by `generation`. */
export interface Ledger {
  /**
   * Makes this connection the only one that may commit.
   *
   * @param stillHeld Asked under the ledger's write lock whether the lease is ours: a process that slept between
   *   taking the lease and getting here must not push out the one that took over.
   * @returns The generation to commit with; `undefined` when the lease is gone.
   */
  claim(holder: string, stillHeld: () => boolean): number | undefined;
  /** The account of a series, created with `startingCash` (and only then does it matter). */
  openAccount(series: SeriesKey, startingCash: string): number;
  /** The engine's state after the last committed candle, warmed with `closes` closes. */
  readState(accountId: number, closes: number): EngineState;
  isEvaluated(accountId: number, openAtMs: number): boolean;
  countTrades(accountId: number): number;
  /** Evaluations, orders, fills, position and cursor in one transaction: a kill leaves all of them or none. */
  commit(request: CommitRequest): CommitOutcome;
  close(): void;
}

/**
 * Opens or creates the ledger, durable to the disk on every commit: this file is money.
 *
 * @throws {SigctlError} DATABASE_TOO_NEW, LEDGER_BROKEN
 */
export function openLedger(path: string): Ledger {
  return createLedger(openDatabase(path));
}

function openDatabase(path: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrateLedger(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof SigctlError ? error : broken(path, error);
  }
}

function createLedger(db: Database.Database): Ledger {
  const takeOver = db.prepare<{ holder: string }, { generation: number }>(
    'UPDATE writer SET generation = generation + 1, holder = @holder RETURNING generation',
  );
  const evaluated = db.prepare<{ accountId: number; openAtMs: number }>(
    'SELECT 1 FROM evaluations WHERE account_id = @accountId AND open_at_ms = @openAtMs',
  );
  const trades = db.prepare<{ accountId: number }, { total: number }>(
    'SELECT count(*) AS total FROM fills WHERE account_id = @accountId',
  );
  const claim = db.transaction((holder: string, stillHeld: () => boolean) =>
    stillHeld() ? takeOver.get({ holder })?.generation : undefined,
  );
  const open = db.transaction(accountOpening(db));
  return {
    claim: (holder, stillHeld) => claim.immediate(holder, stillHeld),
    openAccount: (series, startingCash) => open.immediate(series, startingCash),
    readState: stateReader(db),
    isEvaluated: (accountId, openAtMs) => evaluated.get({ accountId, openAtMs }) !== undefined,
    countTrades: (accountId) => trades.get({ accountId })?.total ?? 0,
    commit: ledgerCommit(db),
    close: () => void db.close(),
  };
}

function broken(path: string, cause: unknown): SigctlError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new SigctlError(`Cannot open the ledger "${path}": ${detail}`, {
    code: 'LEDGER_BROKEN',
    hint: 'Restore it from a backup (with no -wal and -shm beside it); moving it away starts a new account',
    exitCode: EXIT.environment,
    cause,
  });
}
