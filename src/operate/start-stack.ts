import { assertNever } from '../core/assert-never.js';
import { startLevels } from '../core/graph.js';
import type { StartOutcome } from '../core/outcome.js';
import type { StartStep } from '../core/start-plan.js';
import { SigctlError } from '../errors.js';
import type { Pm2Client } from '../pm2/client.js';
import { DAEMON_KEY } from '../process/home.js';
import { type Desired, readDesired, restoreDesired, writeDesired } from '../store/desired.js';
import { recordEvent } from '../store/events.js';
import { announceExitOf, causeOf } from './announce.js';
import type { OperateContext, Target } from './context.js';
import { ensureDaemon, retireDaemon } from './daemon.js';
import { notLaunched, type Start, type StartSetup, startProcess } from './start-process.js';
import { lacksWatchdog, startWatchdog } from './watchdog.js';

/**
 * Carries out the steps: dependencies first, and the next level only when the one before is ready or has failed. One
 * service's failure is an outcome; only what `needs` it is left out.
 *
 * @throws {SigctlError} `PM2_UNREACHABLE` (exit 4).
 */
export async function startStack(
  context: OperateContext,
  steps: readonly StartStep[],
  targets: readonly Target[],
  setup: StartSetup,
): Promise<readonly StartOutcome[]> {
  const before = readDesired(context.db);
  for (const step of steps) want(context, step);
  const outcomes: StartOutcome[] = steps.flatMap((step) =>
    step.kind === 'start' || step.kind === 'settle' ? [] : [withoutStart(step)],
  );
  const starts = steps.filter((step) => step.kind === 'start' || step.kind === 'settle');
  const isAnyKept = steps.some(({ kind }) => kind === 'keep');
  if (starts.length > 0) outcomes.push(...(await startLevelByLevel(context, starts, targets, { ...setup, isAnyKept })));
  else if (steps.length > 0 && lacksWatchdog(context)) await startWatchdogAlone(context);
  forgetUnlaunched(context, outcomes, before);
  return steps.flatMap((step) => outcomes.find((outcome) => outcome.key === step.key) ?? []);
}

/**
 * What was not launched when Ctrl-C came is wanted no more than before: it is not down. A boot that is interrupted by the next shutdown
 * goes on wanting it, so that the next boot brings it back.
 */
function forgetUnlaunched(
  context: OperateContext,
  outcomes: readonly StartOutcome[],
  before: readonly Desired[],
): void {
  if (causeOf(context) === 'boot') return;
  const isUnlaunched = (outcome: StartOutcome) => outcome.kind === 'interrupted' && !outcome.launched;
  const launched = new Set(outcomes.filter((outcome) => !isUnlaunched(outcome)).map(({ service }) => service));
  for (const { service } of outcomes.filter(isUnlaunched)) {
    if (launched.has(service)) continue;
    restoreDesired(
      context.db,
      service,
      before.find((entry) => entry.service === service),
    );
  }
}

function withoutStart(step: Exclude<StartStep, Start>): StartOutcome {
  if (step.kind === 'keep') return { ...step, kind: 'kept' };
  return { kind: 'completed', service: step.service, key: step.key, code: step.code, tookMs: null };
}

async function startLevelByLevel(
  context: OperateContext,
  starts: readonly Start[],
  targets: readonly Target[],
  /** `isAnyKept`: a service runs already, under PM2 or not. */
  setup: StartSetup & { readonly isAnyKept: boolean },
): Promise<readonly StartOutcome[]> {
  // Before there is a daemon that would have to be ended again.
  if (context.signal.aborted && !setup.launchAnyway) return starts.map(notLaunched);
  const client = await ensureDaemon(context);
  const outcomes: StartOutcome[] = [];
  const { onLaunch, launched, isLaunched, notice } = noticeLaunch(context);
  // Beside the first services, and behind them: it must not be in their way.
  const watchdog = launched.then(() => startWatchdog(context, client));
  try {
    const services = starts.map((step) => step.service);
    for (const level of startLevels(services, context.stack.services)) {
      const members = starts.filter((step) => level.includes(step.service));
      const done = await Promise.all(
        members.map((step) =>
          startOne({ ...context, onLaunch }, client, step, findTarget(targets, step), setup, outcomes),
        ),
      );
      outcomes.push(...done);
    }
  } finally {
    // Orphans, which PM2's list does not have, are kept too: a watchdog takes them back.
    if (!isLaunched() && setup.isAnyKept) notice();
    else if (!isLaunched()) await lookAfterTheRest(context, client, notice);
    if (isLaunched()) await watchdog;
    client.close();
  }
  return outcomes;
}

/** Nothing was launched: a daemon that has nothing to look after is not left behind; what runs already gets its watchdog. */
async function lookAfterTheRest(context: OperateContext, client: Pm2Client, onPresent: () => void): Promise<void> {
  try {
    if ((await client.list()).length > 0) onPresent();
    else await retireDaemon(context, client, () => announceExitOf(context, DAEMON_KEY));
  } catch {
    // The daemon is gone by itself, or hangs: the next command finds out, and how the start ended is what counts here.
  }
}

/** `launched` resolves once the first process was handed to PM2. */
function noticeLaunch({ onLaunch }: OperateContext) {
  let notice = (): void => undefined;
  let isLaunched = false;
  const launched = new Promise<void>((resolve) => {
    notice = resolve;
  });
  return {
    launched,
    isLaunched: () => isLaunched,
    notice: () => {
      isLaunched = true;
      notice();
    },
    onLaunch: () => {
      onLaunch();
      isLaunched = true;
      notice();
    },
  };
}

/** All services run already. A PM2 that cannot be reached is the watchdog's trouble, and not theirs. */
async function startWatchdogAlone(context: OperateContext): Promise<void> {
  try {
    const client = await ensureDaemon(context);
    try {
      await startWatchdog(context, client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (!(error instanceof SigctlError)) throw error;
    context.onNote(`the watchdog was not started: ${error.message}`);
  }
}

async function startOne(
  context: OperateContext,
  client: Pm2Client,
  step: Start,
  target: Target,
  setup: StartSetup,
  earlier: readonly StartOutcome[],
): Promise<StartOutcome> {
  const outcome = blockedBy(target, earlier) ?? (await startProcess(context, client, step, target, setup));
  record(context, outcome);
  context.onProgress({ kind: 'started', outcome });
  return outcome;
}

/** A service that needs one which did not start would fail for a reason that is not its own. */
function blockedBy({ spec, key }: Target, earlier: readonly StartOutcome[]): StartOutcome | undefined {
  const missing = earlier.find(
    (outcome) => spec.needs.includes(outcome.service) && (outcome.kind === 'failed' || outcome.kind === 'skipped'),
  );
  if (missing === undefined) return undefined;
  return { kind: 'skipped', service: spec.name, key, reason: `needs ${missing.service}, which did not start` };
}

/** A process that is kept still runs with the entry that it was started with. */
function want({ db, stack, nowMs, actor }: OperateContext, { kind, service }: StartStep): void {
  const isRunning = kind !== 'start';
  const known = readDesired(db).find((entry) => entry.service === service);
  if (isRunning && known?.wanted === 'running') return;
  const hash = isRunning ? known?.manifestHash : stack.services.find((spec) => spec.name === service)?.hash;
  writeDesired(db, { service, wanted: 'running', nowMs: nowMs(), actor, manifestHash: hash ?? null });
}

/** What changed goes on record; a process that was kept, or is no longer waited for, did not change. */
function record(context: OperateContext, outcome: StartOutcome): void {
  const { db, nowMs, actor, stack } = context;
  // The end of a oneshot service is an exit like any other, and recorded as that.
  if (outcome.kind === 'kept' || outcome.kind === 'completed' || outcome.kind === 'interrupted') return;
  const failed = outcome.kind === 'failed' ? outcome : undefined;
  recordEvent(db, {
    atMs: nowMs(),
    service: outcome.service,
    kind: outcome.kind === 'ready' ? 'ready' : 'start-failed',
    actor,
    pid: outcome.kind === 'ready' ? outcome.pid : undefined,
    cause: outcome.kind === 'ready' ? causeOf(context) : failureCause(outcome),
    exitCode: failed?.exitCode,
    exitSignal: failed?.exitSignal,
    manifestHash: stack.services.find((spec) => spec.name === outcome.service)?.hash,
    detail: {
      key: outcome.key,
      ...(outcome.kind === 'ready' ? { tookMs: outcome.tookMs } : { reason: outcome.reason }),
      // Its last lines stand in its exit, or in the log that it still writes.
      ...(failed === undefined ? {} : { code: failed.code }),
    },
  });
}

/** Why a start failed, in one word of the flight recorder. */
function failureCause(outcome: Extract<StartOutcome, { kind: 'failed' | 'skipped' }>): string {
  if (outcome.kind === 'skipped') return 'dependency';
  switch (outcome.code) {
    case 'PORT_TAKEN':
      return 'port-taken';
    case 'CRASHED':
      return outcome.exitSignal === null ? 'crash' : 'signal';
    case 'NOT_READY':
      return 'unhealthy';
    case 'SCRIPT_MISSING':
    case 'LOCK_HELD':
    case 'LAUNCH_FAILED':
    case 'EARLIER_PROCESSES':
      return 'refused';
    default:
      return assertNever(outcome.code, 'code of a start that failed');
  }
}

function findTarget(targets: readonly Target[], step: Start): Target {
  const target = targets.find((candidate) => candidate.key === step.key);
  if (target === undefined) throw new Error(`No target for step "${step.key}"`);
  return target;
}
