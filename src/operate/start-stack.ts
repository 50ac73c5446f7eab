import { statSync } from 'node:fs';
import { startLevels } from '../core/graph.js';
import type { StartOutcome } from '../core/outcome.js';
import type { StartStep } from '../core/start-plan.js';
import type { Pm2Client } from '../pm2/client.js';
import { daemonLogSize } from '../pm2/daemon-log.js';
import { logPath } from '../process/home.js';
import { identify } from '../process/identity.js';
import { endProcesses } from '../process/signals.js';
import { readDesired, writeDesired } from '../store/desired.js';
import { recordEvent } from '../store/events.js';
import type { OperateContext, Target } from './context.js';
import { ensureDaemon } from './daemon.js';
import { findObstacle, launchService } from './launch-service.js';
import { removeApps } from './remove-apps.js';
import { serviceEnv } from './service-env.js';
import { waitReady } from './wait-ready.js';

type Start = Extract<StartStep, { kind: 'start' }>;

/**
 * Carries out the steps: dependencies first, and the next level only when the one before is ready or has failed. One
 * service's failure is an outcome; only what `needs` it is left out.
 *
 * @param mode The mode in force, for the services' environment.
 * @throws {SigctlError} `PM2_UNREACHABLE` (exit 4).
 */
export async function startStack(
  context: OperateContext,
  steps: readonly StartStep[],
  targets: readonly Target[],
  mode: string,
): Promise<readonly StartOutcome[]> {
  for (const step of steps) want(context, step);
  const outcomes: StartOutcome[] = steps.flatMap((step) =>
    step.kind === 'keep' ? [{ ...step, kind: 'kept' as const }] : [],
  );
  const starts = steps.filter((step) => step.kind === 'start');
  if (starts.length > 0) outcomes.push(...(await startLevelByLevel(context, starts, targets, mode)));
  return steps.flatMap((step) => outcomes.find((outcome) => outcome.key === step.key) ?? []);
}

async function startLevelByLevel(
  context: OperateContext,
  starts: readonly Start[],
  targets: readonly Target[],
  mode: string,
): Promise<readonly StartOutcome[]> {
  context.onLaunch();
  const client = await ensureDaemon(context);
  const outcomes: StartOutcome[] = [];
  try {
    const services = starts.map((step) => step.service);
    for (const level of startLevels(services, context.stack.services)) {
      const members = starts.filter((step) => level.includes(step.service));
      const done = await Promise.all(
        members.map((step) => startOne(context, client, step, findTarget(targets, step), mode, outcomes)),
      );
      outcomes.push(...done);
    }
  } finally {
    client.close();
  }
  return outcomes;
}

async function startOne(
  context: OperateContext,
  client: Pm2Client,
  step: Start,
  target: Target,
  mode: string,
  earlier: readonly StartOutcome[],
): Promise<StartOutcome> {
  const outcome = blockedBy(target, earlier) ?? (await tryStart(context, client, step, target, mode));
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

async function tryStart(
  context: OperateContext,
  client: Pm2Client,
  step: Start,
  target: Target,
  mode: string,
): Promise<StartOutcome> {
  const { service, key } = step;
  if (context.signal.aborted) return { kind: 'interrupted', service, key };
  context.onProgress({ kind: 'starting', key });
  const env = serviceEnv(context, target.spec, target.instance, mode);
  const obstacle = findObstacle(target, env, step.earlier);
  if (obstacle !== undefined) return { kind: 'failed', ...obstacle };
  await endProcesses(
    step.clear.map(identify).filter((member) => member !== undefined),
    target.spec.killTimeoutMs,
  );
  const startedAtMs = context.nowMs();
  const logFile = logPath(context.paths, key);
  const logOffset = sizeOf(logFile);
  // The processes of a cluster share one app, so its first process starts them all.
  const isFollower = target.spec.kind === 'cluster' && target.instance !== '0';
  if (!isFollower) await removeApps(context, client, target);
  const daemonLogOffset = daemonLogSize(context.paths.pm2);
  const startId = isFollower ? '' : await launchService(context, client, target, mode);
  const probe = { db: context.db, client, logFile, logOffset, nowMs: context.nowMs, env };
  return waitReady(context, { target, startId, startedAtMs, daemonLogOffset, probe });
}

/** A process that is kept still runs with the entry that it was started with. */
function want({ db, stack, nowMs, actor }: OperateContext, { kind, service }: StartStep): void {
  const known = readDesired(db).find((entry) => entry.service === service);
  if (kind === 'keep' && known?.wanted === 'running') return;
  const hash = kind === 'keep' ? known?.manifestHash : stack.services.find((spec) => spec.name === service)?.hash;
  writeDesired(db, { service, wanted: 'running', nowMs: nowMs(), actor, manifestHash: hash ?? null });
}

function record({ db, nowMs, actor, stack }: OperateContext, outcome: StartOutcome): void {
  const failed = outcome.kind === 'failed' ? outcome : undefined;
  recordEvent(db, {
    atMs: nowMs(),
    service: outcome.service,
    kind: outcome.kind === 'ready' ? 'ready' : 'start-failed',
    actor,
    pid: outcome.kind === 'ready' ? outcome.pid : undefined,
    cause: failed?.reason,
    exitCode: failed?.exitCode,
    exitSignal: failed?.exitSignal,
    manifestHash: stack.services.find((spec) => spec.name === outcome.service)?.hash,
    detail: { key: outcome.key, ...(failed === undefined ? {} : { code: failed.code, logTail: failed.logTail }) },
  });
}

function findTarget(targets: readonly Target[], step: Start): Target {
  const target = targets.find((candidate) => candidate.key === step.key);
  if (target === undefined) throw new Error(`No target for step "${step.key}"`);
  return target;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
