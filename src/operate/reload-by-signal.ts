import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatLimit } from '../core/duration.js';
import { isRecord } from '../core/is-record.js';
import { secretValues } from '../core/mask.js';
import type { ReloadOutcome, ReloadProcess, ReloadStep } from '../core/reload-plan.js';
import type { ServiceSpec } from '../core/stack.js';
import { probeHttp } from '../probe/http.js';
import { probeTcp } from '../probe/tcp.js';
import { logPath } from '../process/home.js';
import { isAlive } from '../process/identity.js';
import { signalAll } from '../process/signals.js';
import { tryReadStatus } from '../store/service-status.js';
import type { OperateContext } from './context.js';
import { readLastWords } from './last-words.js';

const POLL_MS = 50;
/** A program that tells nothing of its reloads and cannot take one ends at once, or soon. */
const SETTLE_MS = 1_000;
const PROBE_TIMEOUT_MS = 2_000;

type SignalStep = Extract<ReloadStep, { kind: 'signal' }>;

/** Signals one process of a service after the other, and waits until each has reloaded. */
export async function reloadBySignal(context: OperateContext, step: SignalStep): Promise<ReloadOutcome> {
  const { service } = step;
  const startedMonoMs = context.monotonicMs();
  for (const target of step.processes) {
    const logOffset = statSync(logPath(context.paths, target.key), { throwIfNoEntry: false })?.size ?? 0;
    const result = await reloadProcess(context, step, target);
    if (result === 'interrupted') return { kind: 'interrupted', service };
    if (result !== undefined) return failed(context, step, { target, reason: result, logOffset });
  }
  const note = step.isChanged ? `its manifest entry changed, which takes a restart: sigctl restart ${service}` : null;
  return { kind: 'reloaded', service, how: 'signal', tookMs: context.monotonicMs() - startedMonoMs, note };
}

/** @returns `undefined` once it has reloaded, else why it has not. */
async function reloadProcess(
  context: OperateContext,
  step: SignalStep,
  target: ReloadProcess,
): Promise<string | undefined> {
  await waitOutStart(context, step, target);
  const reports = readReload(context, step, target) !== undefined;
  const signalledAtMs = context.nowMs();
  const signalledMonoMs = context.monotonicMs();
  const elapsedMs = () => context.monotonicMs() - signalledMonoMs;
  if (!isAlive(target.process)) return 'it ended before it could be signalled';
  signalAll([target.process], step.signal);
  const spec = context.stack.services.find(({ name }) => name === step.service);
  const isDone = reports
    ? // Its answer has the wall clock's time. Where that was set back meanwhile, the signal was sent so much earlier.
      () => answerSince(context, step, target, Math.min(signalledAtMs, Math.floor(context.nowMs() - elapsedMs())))
    : () => settled(spec, elapsedMs());
  while (elapsedMs() < step.withinMs) {
    if (context.signal.aborted) return 'interrupted';
    if (!isAlive(target.process)) return `it ended at ${step.signal} instead of reloading`;
    const answer = await isDone();
    if (answer !== undefined) return answer.error ?? undefined;
    await sleep(POLL_MS);
  }
  const what = reports ? 'it did not say that it has reloaded' : 'it did not get ready again';
  return `${what} within ${formatLimit(step.withinMs)}`;
}

/** PM2 may have started it a moment ago: before it has said that it can reload, the signal would end it. */
async function waitOutStart(context: OperateContext, step: SignalStep, target: ReloadProcess): Promise<void> {
  const { service, withinMs } = step;
  const sinceMonoMs = context.monotonicMs();
  const isStarting = (): boolean => {
    const { row } = tryReadStatus(context.db, service, target.instance);
    return row?.pid === target.process.pid && row.state === 'starting' && isAlive(target.process);
  };
  while (isStarting() && !context.signal.aborted && context.monotonicMs() - sinceMonoMs < withinMs)
    await sleep(POLL_MS);
}

interface Answer {
  readonly error: string | null;
}

/** A service on the kit reports each reload. */
function answerSince(
  context: OperateContext,
  step: SignalStep,
  target: ReloadProcess,
  signalledAtMs: number,
): Answer | undefined {
  const reload = readReload(context, step, target);
  return reload === undefined || reload.startedAtMs < signalledAtMs || reload.seq === 0 ? undefined : reload;
}

/** Any other one: alive after a while, and as ready as it was when it started, where that can be asked again. */
async function settled(spec: ServiceSpec | undefined, sinceMs: number): Promise<Answer | undefined> {
  if (sinceMs < SETTLE_MS) return undefined;
  const rule = spec?.ready;
  if (rule?.kind === 'http' && !(await probeHttp({ ...rule, timeoutMs: PROBE_TIMEOUT_MS })).ok) return undefined;
  if (rule?.kind === 'tcp' && !(await probeTcp({ port: rule.port, timeoutMs: PROBE_TIMEOUT_MS })).ok) return undefined;
  return { error: null };
}

/** What this very process said of its reloads; `undefined`: it is no service that does. */
function readReload({ db }: OperateContext, { service }: SignalStep, { instance, process }: ReloadProcess) {
  const { row } = tryReadStatus(db, service, instance);
  const reload = row?.pid === process.pid ? row.detail?.['reload'] : undefined;
  if (!isRecord(reload) || reload['pid'] !== process.pid) return undefined;
  const { seq, started_at_ms: startedAtMs, error } = reload;
  if (typeof seq !== 'number' || typeof startedAtMs !== 'number') return undefined;
  return { seq, startedAtMs, error: typeof error === 'string' ? error : null };
}

function failed(
  context: OperateContext,
  { service }: SignalStep,
  {
    target,
    reason,
    logOffset,
  }: { readonly target: ReloadProcess; readonly reason: string; readonly logOffset: number },
): ReloadOutcome {
  const { key, process } = target;
  const spec = context.stack.services.find(({ name }) => name === service);
  const secrets = secretValues(spec?.env ?? {}, context.shellEnv);
  return {
    kind: 'failed',
    service,
    how: 'signal',
    reason: isAlive(process) ? `${reason}; it runs on as before (pid ${process.pid})` : reason,
    hint: `sigctl logs ${service}`,
    logTail: readLastWords(logPath(context.paths, key), logOffset, secrets),
  };
}
