import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceReport } from '../../core/service-report.js';
import type { Stack } from '../../core/stack.js';
import type { StatusRow } from '../../core/status-row.js';
import { SigctlError } from '../../errors.js';
import { observeStack } from '../../observe/observe-stack.js';
import { readChecks } from '../../store/checks.js';
import { readDesired } from '../../store/desired.js';
import { readFact } from '../../store/facts.js';
import { openStatusDb } from '../../store/open.js';
import { readStatuses } from '../../store/service-status.js';
import { openTradingRead } from '../../store/trading-read.js';
import { readUnready } from '../../store/unready.js';
import { readMarket } from './market-read.js';
import { correctOwnReport, type OwnProcess } from './own-report.js';
import type { AccountView, MarketView, Reading, SiteSnapshot } from './site-snapshot.js';

/** Candles of the chart: a few pixels each on a wide screen. */
const CHART_CANDLES = 180;
/** Trades read: the newest are listed, all are marks on the chart. */
const TRADES_READ = 60;

/** Waiting for the table blocks every request: a locked one is soon shown as a failing check instead. */
const BUSY_TIMEOUT_MS = 250;

/** What to type when a source is not there yet, and when it cannot be read. */
interface SourceCommands {
  readonly missing: string;
  readonly failed: string;
}

const STACK_COMMANDS: SourceCommands = { missing: 'sigctl start', failed: 'sigctl status' };
const MARKET_COMMANDS: SourceCommands = { missing: 'sigctl start market-data', failed: 'sigctl logs market-data' };
const ACCOUNT_COMMANDS: SourceCommands = { missing: 'sigctl start trading', failed: 'sigctl logs trading' };

export interface SnapshotDeps {
  /** `.sigctl` of the stack. */
  readonly home: string;
  readonly statusDb: string;
  readonly own: OwnProcess;
  /** The stack that sigctl last validated; `undefined` when it never did. */
  readonly readStack: () => Stack | undefined;
  readonly nowMs: () => number;
}

interface StackReading {
  readonly mode: string | null;
  readonly statuses: readonly StatusRow[];
  readonly reports: readonly ServiceReport[];
  readonly faults: readonly string[];
}

/**
 * Reads all that the site shows, each source on its own: one that is missing, locked or broken is a value and not an error.
 * Files are opened for each reading, so that one that was replaced (restored, deleted) is never read from its grave.
 */
export function readSnapshot(deps: SnapshotDeps): SiteSnapshot {
  const asOfMs = deps.nowMs();
  const stack = reading(
    'the stack',
    STACK_COMMANDS,
    () => deps.readStack() ?? 'sigctl has not started this stack yet.',
  );
  const services = stack.kind === 'read' ? readServices(deps, stack.value, asOfMs) : stack;
  const known = services.kind === 'read' ? services.value : undefined;
  return {
    asOfMs,
    stackName: stack.kind === 'read' ? stack.value.name : null,
    mode: known?.mode ?? null,
    services: services.kind === 'read' ? { kind: 'read', value: services.value.reports } : services,
    faults: known?.faults ?? [],
    market: readMarketView(deps.home),
    account: readAccountView(deps.home, lastDecision(known?.statuses ?? [])),
  };
}

function readServices(deps: SnapshotDeps, stack: Stack, nowMs: number): Reading<StackReading> {
  return reading('the status table', STACK_COMMANDS, () => {
    if (!existsSync(deps.statusDb)) return 'There is no status table yet.';
    const db = openStatusDb(deps.statusDb, { readonly: true, busyTimeoutMs: BUSY_TIMEOUT_MS });
    try {
      const faults: string[] = [];
      const statuses = readStatuses(db, (fault) => faults.push(fault.message));
      const reports = observeStack({
        stack,
        home: deps.home,
        statuses,
        desired: readDesired(db),
        unready: readUnready(db),
        checks: readChecks(db, (fault) => faults.push(fault.message)),
        nowMs,
      });
      return { mode: readFact(db, 'mode') ?? null, statuses, reports: correctOwnReport(reports, deps.own), faults };
    } finally {
      db.close();
    }
  });
}

function readMarketView(home: string): Reading<MarketView> {
  return reading('the market data', MARKET_COMMANDS, () => {
    return readMarket(join(home, 'data', 'market.db'), CHART_CANDLES) ?? 'No candle has been collected yet.';
  });
}

function readAccountView(home: string, decision: string | null): Reading<AccountView> {
  return reading('the paper account', ACCOUNT_COMMANDS, () => {
    const ledger = openTradingRead(join(home, 'data', 'trading.paper.db'));
    try {
      const account = ledger?.readAccount();
      if (ledger === undefined || account === undefined) return 'Trading has not evaluated a candle yet.';
      return { account, trades: ledger.readTrades(TRADES_READ), lastDecision: decision };
    } finally {
      ledger?.close();
    }
  });
}

/** Trading puts it into its status row. Whoever wrote that row may have put anything there. */
function lastDecision(statuses: readonly StatusRow[]): string | null {
  const decision = statuses.find((row) => row.service === 'trading')?.detail?.['lastDecision'];
  return typeof decision === 'string' ? decision : null;
}

/** @param read Returns the value, or in words why there is none yet. */
function reading<T extends object>(what: string, next: SourceCommands, read: () => T | string): Reading<T> {
  try {
    const found = read();
    return typeof found === 'string'
      ? { kind: 'missing', reason: found, next: next.missing }
      : { kind: 'read', value: found };
  } catch (error) {
    const cause = error instanceof SigctlError ? `${error.message}. ${error.hint}` : String(error);
    return { kind: 'failed', reason: `Cannot read ${what}: ${cause}`, next: next.failed };
  }
}
