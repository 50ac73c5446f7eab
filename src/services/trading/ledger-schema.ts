import type { Database } from 'better-sqlite3';
import { EXIT, SigctlError } from '../../errors.js';

/**
 * Migrations of `trading.paper.db`, in order; entry 0 leads to `user_version` 1. Never edited after a release.
 * They are strings and not files, so that a bundled service carries them.
 */
const MIGRATIONS: readonly string[] = [
  `
-- The paper ledger: written by trading alone, read by the website. Money and quantities are decimal text.
-- All instants are epoch milliseconds of the market (of candles), but for the columns named recorded_/updated_at_ms.

-- Who may write: each engine that takes over raises the generation, and one that finds another number writes nothing.
CREATE TABLE writer (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL,
  holder     TEXT    NOT NULL
) STRICT;
INSERT INTO writer (id, generation, holder) VALUES (1, 0, '');

-- One account for each series: a change of feed, symbol or interval starts afresh and never mixes with what was.
CREATE TABLE accounts (
  id            INTEGER PRIMARY KEY,
  symbol        TEXT    NOT NULL,
  interval_s    INTEGER NOT NULL,
  source        TEXT    NOT NULL,
  starting_cash TEXT    NOT NULL,
  cash          TEXT    NOT NULL,
  realized      TEXT    NOT NULL,
  equity        TEXT    NOT NULL,
  UNIQUE (symbol, interval_s, source)
) STRICT;

CREATE TABLE positions (
  account_id    INTEGER PRIMARY KEY REFERENCES accounts (id),
  quantity      TEXT NOT NULL,
  cost          TEXT NOT NULL,
  average_price TEXT
) STRICT;

-- How far the series is read (seq, seq_open_at_ms: the candle read last) and evaluated (open_at_ms, close, decision: the newest).
CREATE TABLE cursors (
  account_id     INTEGER PRIMARY KEY REFERENCES accounts (id),
  seq            INTEGER NOT NULL,
  seq_open_at_ms INTEGER NOT NULL,
  open_at_ms     INTEGER,
  close          TEXT,
  decision       TEXT,
  evaluated      INTEGER NOT NULL,
  updated_at_ms  INTEGER NOT NULL
) STRICT;

-- One row per candle: the key is the guard that none is evaluated twice. late: arrived behind the cursor, not traded.
CREATE TABLE evaluations (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  open_at_ms INTEGER NOT NULL,
  close      TEXT    NOT NULL,
  decision   TEXT    NOT NULL CHECK (decision IN ('hold', 'buy', 'sell', 'late')),
  PRIMARY KEY (account_id, open_at_ms)
) STRICT, WITHOUT ROWID;

-- Each decision to trade becomes one order, filled or rejected; intent_key makes a second one impossible.
CREATE TABLE orders (
  id                 INTEGER PRIMARY KEY,
  client_id          TEXT    NOT NULL UNIQUE,
  intent_key         TEXT    NOT NULL UNIQUE,
  account_id         INTEGER NOT NULL REFERENCES accounts (id),
  strategy           TEXT    NOT NULL,
  candle_open_at_ms  INTEGER NOT NULL,
  side               TEXT    NOT NULL CHECK (side IN ('buy', 'sell')),
  quantity           TEXT    NOT NULL,
  status             TEXT    NOT NULL CHECK (status IN ('filled', 'rejected')),
  reject_reason      TEXT,
  reason             TEXT    NOT NULL,
  fast_average       REAL    NOT NULL,
  slow_average       REAL    NOT NULL,
  recorded_at_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_by_account ON orders (account_id, candle_open_at_ms);

CREATE TABLE fills (
  id             INTEGER PRIMARY KEY,
  order_id       INTEGER NOT NULL UNIQUE REFERENCES orders (id),
  account_id     INTEGER NOT NULL REFERENCES accounts (id),
  at_ms          INTEGER NOT NULL,
  price          TEXT    NOT NULL,
  quantity       TEXT    NOT NULL,
  cost           TEXT    NOT NULL,
  fee            TEXT    NOT NULL,
  cash_after     TEXT    NOT NULL,
  position_after TEXT    NOT NULL,
  equity_after   TEXT    NOT NULL
) STRICT;
CREATE INDEX fills_by_account ON fills (account_id, id);
`,
];

/** The newest `user_version` of `trading.paper.db`. */
export const LEDGER_VERSION = MIGRATIONS.length;

/** Brings the ledger to the newest schema, whole or not at all. @throws {SigctlError} DATABASE_TOO_NEW */
export function migrateLedger(db: Database, path: string): void {
  if (readVersion(db, path) === MIGRATIONS.length) return;
  db.transaction(() => {
    // Read again under the write lock: another process may have migrated while this one waited for it.
    for (const sql of MIGRATIONS.slice(readVersion(db, path))) db.exec(sql);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  }).immediate();
}

function readVersion(db: Database, path: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new SigctlError(
      `Cannot use "${path}": its schema is version ${version}, this sigctl knows ${MIGRATIONS.length}`,
      {
        code: 'DATABASE_TOO_NEW',
        hint: 'Update sigctl; do not move the ledger away, it holds the account',
        exitCode: EXIT.environment,
      },
    );
  }
  return version;
}
