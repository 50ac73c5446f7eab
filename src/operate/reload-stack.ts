import { assertNever } from '../core/assert-never.js';
import type { StartFailure, StartOutcome, StopOutcome } from '../core/outcome.js';
import type { ReloadOutcome, ReloadStep } from '../core/reload-plan.js';
import { recordEvent } from '../store/events.js';
import { causeOf } from './announce.js';
import type { OperateContext } from './context.js';
import { reloadBySignal } from './reload-by-signal.js';
import { reloadCluster } from './reload-cluster.js';

/** Stops and starts one process of a service, and waits until it is ready. */
export type RestartProcess = (
  service: string,
  keys: readonly string[],
) => Promise<{ readonly stopped: readonly StopOutcome[]; readonly started: readonly StartOutcome[] }>;

/**
 * Reloads service after service in the given order. The first that fails ends it: those behind it stay as they are, so that a fault
 * in what is on disk reaches one service and not all.
 */
export async function reloadStack(
  context: OperateContext,
  steps: readonly ReloadStep[],
  restart: RestartProcess,
): Promise<readonly ReloadOutcome[]> {
  const outcomes: ReloadOutcome[] = [];
  for (const step of steps) {
    const stop = outcomes.find(({ kind }) => kind === 'failed');
    if (stop !== undefined) {
      outcomes.push({ kind: 'skipped', service: step.service, reason: `${stop.service} failed before it` });
      continue;
    }
    if (context.signal.aborted) {
      outcomes.push({ kind: 'skipped', service: step.service, reason: 'interrupted before it' });
      continue;
    }
    context.onProgress({ kind: 'reloading', key: step.service });
    const outcome = await reloadOne(context, step, restart);
    record(context, outcome);
    context.onProgress({ kind: 'reloaded', key: step.service });
    outcomes.push(outcome);
  }
  return outcomes;
}

async function reloadOne(context: OperateContext, step: ReloadStep, restart: RestartProcess): Promise<ReloadOutcome> {
  switch (step.kind) {
    case 'signal':
      return reloadBySignal(context, step);
    case 'pm2':
      return reloadCluster(context, step);
    case 'one-by-one':
      return restartInTurn(
        context,
        step,
        step.keys.map((key) => [key]),
        restart,
      );
    case 'restart':
      return restartInTurn(context, step, [step.keys], restart);
    default:
      return assertNever(step, 'step of a reload');
  }
}

/** @param groups Keys that are restarted together. */
async function restartInTurn(
  context: OperateContext,
  step: Extract<ReloadStep, { kind: 'one-by-one' | 'restart' }>,
  groups: readonly (readonly string[])[],
  restart: RestartProcess,
): Promise<ReloadOutcome> {
  const { service, kind: how } = step;
  const startedMonoMs = context.monotonicMs();
  for (const keys of groups) {
    const { stopped, started } = await restart(service, keys);
    const stuck = stopped.find((outcome) => outcome.kind === 'failed');
    if (stuck !== undefined) {
      return { kind: 'failed', service, how, reason: stuck.reason, hint: `sigctl stop ${service}`, logTail: [] };
    }
    if (started.some((outcome) => outcome.kind === 'interrupted')) return { kind: 'interrupted', service };
    const failure = started.find((outcome) => outcome.kind === 'failed');
    if (failure !== undefined) return failed(step, failure);
    const skipped = started.find((outcome) => outcome.kind === 'skipped');
    if (skipped !== undefined) {
      return { kind: 'failed', service, how, reason: skipped.reason, hint: `sigctl start ${service}`, logTail: [] };
    }
  }
  const tookMs = context.monotonicMs() - startedMonoMs;
  if (step.kind === 'restart') return { kind: 'restarted', service, how, tookMs, note: step.why };
  const note = `its ${step.keys.length} processes were restarted one after the other`;
  return { kind: 'reloaded', service, how, tookMs, note };
}

function failed(step: ReloadStep, { key, reason, hint, logTail }: StartFailure): ReloadOutcome {
  const rest = step.kind === 'one-by-one' ? '; the processes that come after it were left alone' : '';
  const which = step.kind === 'one-by-one' ? `${key} ` : '';
  return { kind: 'failed', service: step.service, how: step.kind, reason: `${which}${reason}${rest}`, hint, logTail };
}

/** Starts and exits stand on record by themselves. */
function record(context: OperateContext, outcome: ReloadOutcome): void {
  if (outcome.kind === 'skipped' || outcome.kind === 'interrupted') return;
  const { db, nowMs, actor } = context;
  const detail =
    outcome.kind === 'failed'
      ? { how: outcome.how, reason: outcome.reason }
      : { how: outcome.how, tookMs: outcome.tookMs, ...(outcome.note === null ? {} : { note: outcome.note }) };
  recordEvent(db, {
    atMs: nowMs(),
    service: outcome.service,
    kind: outcome.kind === 'failed' ? 'reload-failed' : 'reload',
    cause: causeOf(context),
    actor,
    detail: { ...detail, ...(context.command === undefined ? {} : { command: context.command }) },
  });
}
