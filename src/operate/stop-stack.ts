import { rmSync } from 'node:fs';
import { formatDuration } from '../core/duration.js';
import { stopLevels } from '../core/graph.js';
import type { ProcessIdentity } from '../core/observed-process.js';
import type { StopOutcome } from '../core/outcome.js';
import type { ServiceSpec } from '../core/stack.js';
import type { StopStep } from '../core/stop-plan.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { findDaemon } from '../observe/observe-processes.js';
import type { Pm2Client } from '../pm2/client.js';
import { noteCgroup } from '../process/cgroup.js';
import { DAEMON_KEY, gatePath, launchPath, lockPath, pidPath, WATCHDOG_KEY } from '../process/home.js';
import { identify, isAlive } from '../process/identity.js';
import { readLockHolders } from '../process/lock-holders.js';
import { removeRunningSpec } from '../process/running-spec.js';
import { endProcesses, endTree } from '../process/signals.js';
import { readDesired, writeDesired } from '../store/desired.js';
import { recordEvent } from '../store/events.js';
import { announceExit, announceExitOf, causeOf } from './announce.js';
import type { OperateContext, Target } from './context.js';
import { connectAnswering, retireDaemon } from './daemon.js';
import { removeApps } from './remove-apps.js';
import { endWatchdog } from './watchdog.js';

type EffectiveStop = Exclude<StopStep, { kind: 'skip' }>;

export interface StopOptions {
  /** `false` for the first half of a restart: the services are wanted all the while, and the daemon stays. */
  readonly forGood: boolean;
}

/** Carries out the steps: dependents first. One service's failure is an outcome, and the others are still stopped. */
export async function stopStack(
  context: OperateContext,
  steps: readonly StopStep[],
  targets: readonly Target[],
  options: StopOptions,
): Promise<readonly StopOutcome[]> {
  if (options.forGood) for (const step of steps) unwant(context, step.service);
  const outcomes: StopOutcome[] = steps.flatMap((step) =>
    step.kind === 'skip' ? [{ kind: 'already' as const, service: step.service, key: step.key }] : [],
  );
  const work = steps.filter((step) => step.kind !== 'skip');
  if (work.length > 0 || (options.forGood && isAnyoneThere(context)))
    outcomes.push(...(await stopLevelByLevel(context, steps, targets, options)));
  return steps.flatMap((step) => outcomes.find((outcome) => outcome.key === step.key) ?? []);
}

async function stopLevelByLevel(
  context: OperateContext,
  all: readonly StopStep[],
  targets: readonly Target[],
  options: StopOptions,
): Promise<readonly StopOutcome[]> {
  const steps = all.filter((step) => step.kind !== 'skip');
  const client = await connectAnswering(context);
  const outcomes: StopOutcome[] = [];
  try {
    const services = steps.map((step) => step.service);
    for (const level of stopLevels(services, uniqueSpecs(targets))) {
      const members = steps.filter((step) => level.includes(step.service));
      outcomes.push(
        ...(await Promise.all(members.map((step) => stopOne(context, client, step, findTarget(targets, step))))),
      );
    }
    if (options.forGood) {
      if (client !== undefined) await forgetStopped(context, client, targetsOfSkipped(all, targets)).catch(leaveDaemon);
      await standDown(context, client).catch(leaveDaemon);
    }
  } finally {
    client?.close();
  }
  return outcomes;
}

function isAnyoneThere({ paths }: OperateContext): boolean {
  return findWatchdog(paths) !== undefined || findDaemon(paths) !== undefined;
}

function targetsOfSkipped(steps: readonly StopStep[], targets: readonly Target[]): readonly Target[] {
  return steps.flatMap((step) => (step.kind === 'skip' ? findTarget(targets, step) : []));
}

/** A stop that was killed half way ended the process and left PM2 its app: nobody would end the daemon, which goes on trying to start it. */
async function forgetStopped(context: OperateContext, client: Pm2Client, targets: readonly Target[]): Promise<void> {
  for (const target of targets) await removeApps(context, client, target);
}

/** With the last service the watchdog ends, and then the daemon. */
async function standDown(context: OperateContext, client: Pm2Client | undefined): Promise<void> {
  const apps = (await client?.list()) ?? [];
  if (apps.some(({ name }) => name !== WATCHDOG_KEY) || isAnyWanted(context)) return;
  announceExitOf(context, WATCHDOG_KEY);
  await endWatchdog(context, client);
  // Where the daemon was dead, the watchdog may have started a new one meanwhile.
  const last = client ?? (await connectAnswering(context));
  try {
    if (last !== undefined) await retireDaemon(context, last, () => announceExitOf(context, DAEMON_KEY));
  } finally {
    if (last !== client) last?.close();
  }
}

/** What left the manifest is not waited for: nothing would start it again. */
function isAnyWanted({ db, stack }: OperateContext): boolean {
  const wanted = readDesired(db).filter((entry) => entry.wanted === 'running');
  return stack.services.some(({ name }) => wanted.some(({ service }) => service === name));
}

/** Of all that was seen: a process that left the manifest is stopped too. */
function uniqueSpecs(targets: readonly Target[]): readonly ServiceSpec[] {
  return [...new Map(targets.map(({ spec }) => [spec.name, spec])).values()];
}

function leaveDaemon(): void {
  // It died meanwhile. The services are stopped, which was asked for; the next start finds or replaces it.
}

async function stopOne(
  context: OperateContext,
  client: Pm2Client | undefined,
  step: EffectiveStop,
  target: Target,
): Promise<StopOutcome> {
  context.onProgress({ kind: 'stopping', key: step.key });
  const startedMonoMs = context.monotonicMs();
  if (step.kind === 'stop') announceExit(context, step.key, step.process);
  // Without its launch file nobody can start it again: not a PM2 that does not answer now and goes on later either.
  rmSync(launchPath(context.paths, step.key), { force: true });
  rmSync(gatePath(context.paths, step.key), { force: true });
  // PM2 first, or it would start again what is ended behind its back. If it dies meanwhile, signals do the work.
  await (client === undefined ? undefined : removeApps(context, client, target).catch(leaveDaemon));
  const tookByPm2Ms = client === undefined ? 0 : context.monotonicMs() - startedMonoMs;
  const bySignals = await endRest(context, step, target);
  const outcome = judgeStop(step, bySignals, {
    tookMs: context.monotonicMs() - startedMonoMs,
    forced: bySignals === 'killed' || (step.kind === 'stop' && tookByPm2Ms >= target.spec.killTimeoutMs),
  });
  // A number that stays behind will be a stranger's one day, and `kill $(cat …)` would reach it.
  if (outcome.kind === 'stopped') {
    rmSync(pidPath(context.paths, step.key), { force: true });
    removeRunningSpec(context.paths, step.key);
    noteCgroup(context.paths, step.key, undefined);
  }
  record(context, outcome);
  context.onProgress({ kind: 'stopped', outcome });
  return outcome;
}

/** Whatever of the service is left: an orphan, a duplicate, children that hold its lock. */
async function endRest(
  { paths }: OperateContext,
  step: EffectiveStop,
  { spec, key }: Target,
): Promise<'exited' | 'killed' | 'survived'> {
  const byTree =
    step.kind === 'stop' && isAlive(step.process) ? await endTree(step.process, spec.killTimeoutMs) : 'exited';
  const file = lockPath(paths, key);
  const rest = [...(readLockHolders([file]).get(file) ?? []), ...(step.kind === 'stop' ? step.others : [])];
  const byHolders = rest.length === 0 ? 'exited' : await endProcesses(identities(rest), spec.killTimeoutMs);
  return (
    [byTree, byHolders].find((how) => how === 'survived') ??
    [byTree, byHolders].find((how) => how === 'killed') ??
    'exited'
  );
}

function identities(pids: readonly number[]): readonly ProcessIdentity[] {
  return pids.map(identify).filter((identity) => identity !== undefined);
}

function judgeStop(
  step: EffectiveStop,
  how: 'exited' | 'killed' | 'survived',
  { tookMs, forced }: { readonly tookMs: number; readonly forced: boolean },
): StopOutcome {
  const { service, key } = step;
  const pid = step.kind === 'stop' ? step.process.pid : null;
  if (how === 'survived') {
    return {
      kind: 'failed',
      service,
      key,
      pid,
      reason: `still alive ${formatDuration(tookMs)} after SIGKILL (stuck in the kernel?)`,
    };
  }
  return { kind: 'stopped', service, key, pid, tookMs, forced };
}

function unwant({ db, nowMs, actor }: OperateContext, service: string): void {
  writeDesired(db, { service, wanted: 'stopped', nowMs: nowMs(), actor, manifestHash: null });
}

/** A process that ended is told by its exit. What has none is told here: a stop that failed, an app without a process. */
function record(context: OperateContext, outcome: StopOutcome): void {
  const { db, nowMs, actor } = context;
  if (outcome.kind === 'stopped' && outcome.pid !== null) return;
  recordEvent(db, {
    atMs: nowMs(),
    service: outcome.service,
    kind: outcome.kind === 'failed' ? 'stop-failed' : 'stop',
    cause: causeOf(context),
    actor,
    pid: outcome.kind === 'already' ? undefined : (outcome.pid ?? undefined),
    detail: {
      key: outcome.key,
      ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
      ...(outcome.kind === 'stopped' ? { tookMs: outcome.tookMs, forced: outcome.forced } : {}),
    },
  });
}

function findTarget(targets: readonly Target[], step: StopStep): Target {
  const target = targets.find((candidate) => candidate.key === step.key);
  if (target === undefined) throw new Error(`No target for step "${step.key}"`);
  return target;
}
