import { formatDuration } from '../../core/duration.js';
import type { ServiceReport } from '../../core/service-report.js';
import { isToRun } from '../../core/verdict.js';
import type { MarketView, Reading, SiteSnapshot } from './site-snapshot.js';
import { type Tone, VERDICT_TONE } from './tone.js';

export type CheckStatus = 'pass' | 'warn' | 'fail';

/** One thing that was looked at. `value` is what was found; ages and limits are milliseconds. */
export interface HealthCheck {
  readonly name: string;
  readonly status: CheckStatus;
  readonly value: string | null;
  readonly ageMs: number | null;
  readonly limitMs: number | null;
  readonly reason: string;
}

/** The body of `/api/health`. `asOf` is ISO 8601 in UTC. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'unhealthy';
  readonly asOf: string;
  readonly checks: readonly HealthCheck[];
}

/** Without a limit from the collector, a candle may be this many intervals late. */
const CANDLE_LATE_INTERVALS = 3;
const CANDLE_LIMIT_MIN_MS = 60_000;

/** The services that fill `market.db`: trading does when market-data does not run. */
const COLLECTORS = ['market-data', 'trading'];
const LEDGER_WRITERS = ['trading'];

const TONE_STATUS = { good: 'pass', wait: 'pass', warn: 'warn', bad: 'fail', off: 'fail' } as const satisfies Record<
  Tone,
  CheckStatus
>;

/**
 * Judges the whole stack. Pure.
 *
 * `unhealthy`: a wanted service does not do its work, or nothing is known of the services. A failing check on data
 * alone makes the stack `degraded`: services live without it, and restarting the website would not bring it.
 */
export function judgeHealth(snapshot: SiteSnapshot): HealthReport {
  const services = snapshot.services.kind === 'read' ? snapshot.services.value : [];
  const critical = [checkStatusTable(snapshot), ...services.flatMap(checkService)];
  const data = [...checkMarket(snapshot, services), ...checkAccount(snapshot, services)];
  return {
    status: overall(critical, data),
    asOf: new Date(snapshot.asOfMs).toISOString(),
    checks: [...critical, ...data],
  };
}

/** 503 lets a load balancer or a platform's probe see what a person sees. */
export function healthHttpStatus(report: HealthReport): 200 | 503 {
  return report.status === 'unhealthy' ? 503 : 200;
}

function overall(critical: readonly HealthCheck[], data: readonly HealthCheck[]): HealthReport['status'] {
  if (critical.some((check) => check.status === 'fail')) return 'unhealthy';
  return [...critical, ...data].every((check) => check.status === 'pass') ? 'ok' : 'degraded';
}

/** A row that makes no sense worries; whether its service works is for that service's own checks. */
function checkStatusTable({ services, faults }: SiteSnapshot): HealthCheck {
  const check = readable('status.db', services);
  return faults.length === 0 ? check : { ...check, status: 'warn', reason: faults.join('; ') };
}

function checkService(report: ServiceReport): readonly HealthCheck[] {
  const verdict: HealthCheck = {
    name: report.key,
    status: verdictStatus(report),
    value: report.verdict,
    ageMs: null,
    limitMs: null,
    reason: report.reason,
  };
  if (!isToRun(report)) return [verdict];
  return [verdict, ...checkHeartbeat(report), ...checkProgress(report)];
}

/**
 * A service that nobody wants can worry (it runs all the same), and can never fail the stack. A wanted one that is stopped is a
 * oneshot that has done its work.
 */
function verdictStatus({ verdict, wanted }: ServiceReport): CheckStatus {
  const status = TONE_STATUS[VERDICT_TONE[verdict]];
  if (verdict === 'stopped') return 'pass';
  return wanted || status === 'pass' ? status : 'warn';
}

function checkHeartbeat(report: ServiceReport): readonly HealthCheck[] {
  const { heartbeatAgeMs: ageMs, heartbeatWithinMs: limitMs } = report;
  return ageMs === null && limitMs === null ? [] : [checkAge(report, 'heartbeat', ageMs, limitMs)];
}

function checkProgress(report: ServiceReport): readonly HealthCheck[] {
  const { progressAgeMs: ageMs, progressWithinMs: limitMs } = report;
  return ageMs === null && limitMs === null ? [] : [checkAge(report, 'progress', ageMs, limitMs)];
}

/** The verdict decides whether lateness fails: a process that is still starting shows the beat of the one before it. */
function checkAge(
  report: ServiceReport,
  kind: 'heartbeat' | 'progress',
  ageMs: number | null,
  limitMs: number | null,
): HealthCheck {
  const what = kind === 'progress' ? (report.progressName ?? kind) : kind;
  const late = limitMs !== null && (ageMs === null || ageMs > limitMs);
  return {
    name: `${report.key}.${kind}`,
    status: late ? verdictStatus(report) : 'pass',
    value: kind === 'progress' ? report.progressName : report.state,
    ageMs,
    limitMs,
    reason: `${ageMs === null ? `no ${what} yet` : `last ${what} ${formatDuration(ageMs)} ago`}${limitText(limitMs)}`,
  };
}

function checkMarket(snapshot: SiteSnapshot, services: readonly ServiceReport[]): readonly HealthCheck[] {
  if (isIrrelevant(snapshot.market, services, COLLECTORS)) return [];
  const file = readable('market.db', snapshot.market);
  return snapshot.market.kind === 'read'
    ? [file, checkLastCandle(snapshot.market.value, services, snapshot.asOfMs)]
    : [file];
}

function checkLastCandle(market: MarketView, services: readonly ServiceReport[], asOfMs: number): HealthCheck {
  const series = `${market.symbol} (${market.source})`;
  const found = { name: 'market.lastCandle', value: market.points.at(-1)?.close ?? null };
  if (market.lastObtainedAtMs === null) {
    return { ...found, status: 'pass', ageMs: null, limitMs: null, reason: `${series}: history, which has no age` };
  }
  const ageMs = Math.max(0, asOfMs - market.lastObtainedAtMs);
  const limitMs = candleLimitMs(market, services);
  const reason = `${series}: last candle ${formatDuration(ageMs)} ago${limitText(limitMs)}`;
  return { ...found, status: ageMs > limitMs ? 'warn' : 'pass', ageMs, limitMs, reason };
}

/** What the collector itself promises, else a few intervals. */
function candleLimitMs(market: MarketView, services: readonly ServiceReport[]): number {
  const collector = COLLECTORS.map((name) => services.find((report) => report.service === name && report.wanted)).find(
    (report) => report !== undefined,
  );
  return collector?.progressWithinMs ?? Math.max(CANDLE_LIMIT_MIN_MS, market.intervalMs * CANDLE_LATE_INTERVALS);
}

function checkAccount(snapshot: SiteSnapshot, services: readonly ServiceReport[]): readonly HealthCheck[] {
  return isIrrelevant(snapshot.account, services, LEDGER_WRITERS)
    ? []
    : [readable('trading.paper.db', snapshot.account)];
}

/** Data that nobody wants written may be missing without a word. */
function isIrrelevant(
  reading: Reading<unknown>,
  services: readonly ServiceReport[],
  writers: readonly string[],
): boolean {
  return reading.kind === 'missing' && !services.some((report) => report.wanted && writers.includes(report.service));
}

function readable(name: string, reading: Reading<unknown>): HealthCheck {
  const ok = reading.kind === 'read';
  return {
    name,
    status: ok ? 'pass' : 'fail',
    value: ok ? 'readable' : reading.kind,
    ageMs: null,
    limitMs: null,
    reason: ok ? 'readable' : `${reading.reason}; next: ${reading.next}`,
  };
}

function limitText(limitMs: number | null): string {
  return limitMs === null ? '' : `, limit ${formatDuration(limitMs)}`;
}
