import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatUtc } from '../../core/utc.js';
import { closeAtMs, type SeriesKey, type StoredCandle } from '../../service/market/candle.js';
import type { Pause } from '../../service/market/pause.js';
import type { Service } from '../../service/service.js';
import type { CandleSource } from './candle-source.js';
import { type EngineDetail, engineDetail } from './engine-detail.js';
import { passingFault } from './engine-faults.js';
import type { EngineReport } from './engine-report.js';
import type { EngineState, Evaluation, TradingRules } from './evaluate.js';
import { evaluateBatch } from './evaluate-batch.js';
import { type FeedNews, isTradable, silence } from './feed-watch.js';
import type { Ledger } from './ledger.js';
import { strategyName, warmUp } from './strategy.js';

export interface EngineOptions {
  readonly series: SeriesKey;
  readonly feed: Pick<FeedNews, 'kind' | 'expectEveryMs'>;
  readonly rules: TradingRules;
  readonly accountId: number;
  /** From `Ledger.claim`; with an older one nothing is written. */
  readonly generation: number;
  readonly pollMs: number;
}

export interface EngineDeps {
  readonly service: Pick<Service, 'log' | 'signal' | 'now'>;
  readonly ledger: Ledger;
  readonly source: CandleSource;
  readonly report: EngineReport;
  readonly pause: Pause;
  /** Why collecting in this process fails at the moment; `undefined` when it does not, or happens elsewhere. */
  readonly collectorTrouble: () => string | undefined;
}

/** How the engine ended. `fenced`: another one has taken the ledger over. */
export type EngineEnd = 'stopped' | 'fenced';

/** Candles per transaction: enough to catch up fast, and few enough to leave heartbeat and signals their turn. */
const BATCH = 200;

type Cycle =
  | { readonly kind: 'quiet' | 'fenced' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'evaluated'; readonly state: EngineState; readonly evaluations: readonly Evaluation[] };

/** Where the engine stands between two cycles. */
interface Standing {
  readonly state: EngineState;
  readonly trades: number;
  readonly news: FeedNews;
}

/**
 * Evaluates each closed candle once, in order, until `service.signal` aborts; the batch in flight is finished.
 *
 * One batch is one transaction of the ledger, and the engine knows nothing that the ledger does not: after a kill at any
 * moment the next engine goes on as if nothing had been. Files that are missing, locked or damaged are waited out in
 * state `error`. Throws for a bug, after which nothing is written.
 */
export async function runEngine(options: EngineOptions, deps: EngineDeps): Promise<EngineEnd> {
  const { service, report } = deps;
  let standing = firstStanding(options, deps);
  while (!service.signal.aborted) {
    const cycle = runCycle(options, deps, standing);
    if (cycle.kind === 'fenced') return 'fenced';
    if (cycle.kind === 'evaluated') {
      standing = standingAfter(standing, cycle, options, service.now());
      logOrders(deps, cycle.evaluations);
      report.cycle(detailOf(options, standing), true);
      await nextTurn();
      continue;
    }
    const detail = detailOf(options, standing);
    const fault =
      cycle.kind === 'failed' ? cycle.reason : (deps.collectorTrouble() ?? silence(standing.news, service.now()));
    if (cycle.kind === 'quiet') report.cycle(detail, false);
    if (fault === undefined) report.now('idle', waitingFor(standing.state), detail);
    else report.now('error', fault, detail);
    await deps.pause(options.pollMs, service.signal);
  }
  return 'stopped';
}

function runCycle(options: EngineOptions, deps: EngineDeps, standing: Standing): Cycle {
  const { ledger, source, report, service } = deps;
  const { accountId, generation, series, rules } = options;
  try {
    const candles = source.read(standing.state.cursor, BATCH);
    if (candles.length === 0) return { kind: 'quiet' };
    report.now('scanning', undefined, detailOf(options, standing));
    const nowMs = service.now();
    const batch = evaluateBatch(standing.state, candles, {
      ...rules,
      isEvaluated: (openAtMs) => ledger.isEvaluated(accountId, openAtMs),
      isTradable: (candle) => isTradable(options.feed.kind, timesOf(candle), nowMs),
    });
    const strategy = strategyName(rules.crossover);
    const outcome = ledger.commit({ accountId, generation, series, strategy, batch, nowMs });
    if (outcome.kind === 'fenced') return { kind: 'fenced' };
    return { kind: 'evaluated', state: batch.state, evaluations: batch.evaluations };
  } catch (error) {
    const reason = passingFault(error);
    if (reason === undefined) throw error;
    return { kind: 'failed', reason };
  }
}

function firstStanding({ accountId, rules, feed }: EngineOptions, { ledger, service }: EngineDeps): Standing {
  const nowMs = service.now();
  const state = ledger.readState(accountId, warmUp(rules.crossover));
  return {
    state,
    trades: ledger.countTrades(accountId),
    news: { ...feed, begun: state.cursor.candle !== undefined, lastReadAtMs: nowMs, newestCloseAtMs: nowMs },
  };
}

function standingAfter(
  { trades, news }: Standing,
  { state, evaluations }: { readonly state: EngineState; readonly evaluations: readonly Evaluation[] },
  { series }: EngineOptions,
  nowMs: number,
): Standing {
  const filled = evaluations.filter(({ order }) => order?.outcome.kind === 'filled').length;
  const { candle } = state.cursor;
  const closedAtMs = candle === undefined ? 0 : closeAtMs({ openAtMs: candle.openAtMs, intervalS: series.intervalS });
  return {
    state,
    trades: trades + filled,
    news: { ...news, begun: true, lastReadAtMs: nowMs, newestCloseAtMs: Math.max(news.newestCloseAtMs, closedAtMs) },
  };
}

function waitingFor({ cursor: { candle } }: EngineState): string {
  return `waiting for the ${candle === undefined ? 'first candle' : `candle after ${formatUtc(candle.openAtMs)}`}`;
}

function detailOf({ series }: EngineOptions, { state, trades }: Standing): EngineDetail {
  return engineDetail(series, state, trades);
}

function timesOf(candle: StoredCandle): { closedAtMs: number; intervalMs: number } {
  return { closedAtMs: closeAtMs(candle), intervalMs: candle.intervalS * 1_000 };
}

function logOrders({ service: { log } }: EngineDeps, evaluations: readonly Evaluation[]): void {
  for (const { openAtMs, reason, order } of evaluations) {
    if (order === undefined) continue;
    const { outcome, side, equityAfter } = order;
    const fields = { candleOpenAtMs: openAtMs, side, reason, equityAfter };
    if (outcome.kind === 'filled') log.info({ ...fields, ...outcome.fill }, 'paper order filled');
    else log.warn({ ...fields, rejected: outcome.reason }, 'paper order rejected');
  }
}
