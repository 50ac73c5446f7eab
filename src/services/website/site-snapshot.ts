import type { ServiceReport } from '../../core/service-report.js';
import type { Trade, TradingAccount } from '../../store/trading-read.js';

/** What came of reading one source: it is there, not there yet, or there and unreadable. `next` is a command to type. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'missing'; readonly reason: string; readonly next: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly next: string };

/** One closed candle as far as the page needs it. `close` is a decimal string. */
export interface ClosePoint {
  readonly openAtMs: number;
  readonly close: string;
}

/** The newest candles of one series, oldest first, never empty. Series of different sources are never mixed. */
export interface MarketView {
  readonly symbol: string;
  readonly source: string;
  readonly intervalMs: number;
  readonly points: readonly ClosePoint[];
  /** When the source vouched for the newest candle. `null` for replayed history, whose candles carry no time of today. */
  readonly lastObtainedAtMs: number | null;
}

/** The paper account with its newest trades first. */
export interface AccountView {
  readonly account: TradingAccount;
  readonly trades: readonly Trade[];
  /** The engine's own words for what it did with the newest candle. */
  readonly lastDecision: string | null;
}

/** Everything the site shows, read at one instant. Page, `/api/status` and `/api/health` are functions of this one value. */
export interface SiteSnapshot {
  readonly asOfMs: number;
  /** `null` until sigctl has started the stack once. */
  readonly stackName: string | null;
  readonly mode: string | null;
  readonly services: Reading<readonly ServiceReport[]>;
  /** Rows of the status table that say something impossible, in words; the others count all the same. */
  readonly faults: readonly string[];
  readonly market: Reading<MarketView>;
  readonly account: Reading<AccountView>;
}

const TRADING_SERVICES = ['trading', 'market-data'];

/** Whether this stack trades at all; anybody's services may run without. */
export function hasTrading({ services, market, account }: SiteSnapshot): boolean {
  if (market.kind !== 'missing' || account.kind !== 'missing') return true;
  return services.kind === 'read' && services.value.some((report) => TRADING_SERVICES.includes(report.service));
}
