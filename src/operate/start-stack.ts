import { statSync } from 'node:fs';
import { startLevels } from '../core/graph.js';
import type { StartOutcome } from '../core/outcome.js';
import type { StartStep } from '../core/start-plan.js';
import type { Pm2Client } from '../pm2/client.js';
import { daemonLogSize } from '../pm2/daemon-log.js';
import { lockPath, logPath } from '../process/home.js';
import { identify } from '../process/identity.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { endProcesses } from '../process/signals.js';
import { readDesired, writeDesired } from '../store/desired.js';
import { recordEvent } from '../store/events.js';
import type { OperateContext, Target } from './context.js';
import { ensureDaemon } from './daemon.js';
import { findObstacle, launchService } from './launch-service.js';
import { removeApps } from './remove-apps.js';
import { serviceEnv } from './service-env.js';
import { waitReady } from './wait-ready.js';

type Start = Exclude<StartStep, { kind: 'keep' }>;

/** Exits before ready that make a start a failure. One may be bad luck, such as a port that is free a moment later. */
const EXITS_TO_FAIL = 3;

export interface StartOptions {
  /** Ctrl-C stops only the waiting: the services ran before this command stopped them. */
  readonly launchAnyway: boolean;
}

interface StartSetup extends StartOptions {
  /** The mode in force, for the services' environment. */
  readonly mode: string;
}

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
  for (const step of steps) want(context, step);
  const outcomes: StartOutcome[] = steps.flatMap((step) =>
    step.kind === 'keep' ? [{ ...step, kind: 'kept' as const }] : [],
  );
  const starts = steps.filter((step) => step.kind !== 'keep');
  if (starts.length > 0) outcomes.push(...(await startLevelByLevel(context, starts, targets, setup)));
  return steps.flatMap((step) => outcomes.find((outcome) => outcome.key === step.key) ?? []);
}

async function startLevelByLevel(
  context: OperateContext,
  starts: readonly Start[],
  targets: readonly Target[],
  setup: StartSetup,
): Promise<readonly StartOutcome[]> {
  const client = await ensureDaemon(context);
  const outcomes: StartOutcome[] = [];
  try {
    const services = starts.map((step) => step.service);
    for (const level of startLevels(services, context.stack.services)) {
      const members = starts.filter((step) => level.includes(step.service));
      const done = await Promise.all(
        members.map((step) => startOne(context, client, step, findTarget(targets, step), setup, outcomes)),
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
  setup: StartSetup,
  earlier: readonly StartOutcome[],
): Promise<StartOutcome> {
  const outcome = blockedBy(target, earlier) ?? (await tryStart(context, client, step, target, setup));
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
  setup: StartSetup,
): Promise<StartOutcome> {
  const { service, key } = step;
  if (context.signal.aborted && !setup.launchAnyway) return { kind: 'interrupted', service, key };
  context.onProgress({ kind: 'starting', key });
  const env = serviceEnv(context, target.spec, target.instance, setup.mode);
  const settled = step.kind === 'settle' ? await settle(context, client, step, target, env) : undefined;
  if (settled !== undefined) return settled;
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
  context.onLaunch();
  const startId = isFollower ? '' : await launchService(context, client, target, setup.mode);
  const probe = { db: context.db, client, logFile, logOffset, nowMs: context.nowMs, env };
  return waitReady(context, {
    target,
    startId,
    startedAtMs,
    daemonLogOffset,
    probe,
    exitsBefore: 0,
    exitsToFail: EXITS_TO_FAIL,
  });
}

/** Waits for a process that was launched a moment ago. `undefined`: it exited, so it is to be started anew, with the settings of now. */
async function settle(
  context: OperateContext,
  client: Pm2Client,
  step: Extract<StartStep, { kind: 'settle' }>,
  target: Target,
  env: Readonly<Record<string, string>>,
): Promise<StartOutcome | undefined> {
  const record = readLaunchRecord(lockPath(context.paths, step.key));
  const outcome = await waitReady(context, {
    target,
    startId: record?.startId ?? '',
    startedAtMs: context.nowMs(),
    daemonLogOffset: daemonLogSize(context.paths.pm2),
    exitsBefore: (record?.starts ?? 1) - 1,
    exitsToFail: 1,
    // Where it began to print is not known: a line of an earlier run may answer, which is better than none.
    probe: {
      db: context.db,
      client,
      logFile: logPath(context.paths, step.key),
      logOffset: 0,
      nowMs: context.nowMs,
      env,
    },
  });
  if (outcome.kind === 'ready')
    return { kind: 'kept', service: step.service, key: step.key, pid: outcome.pid, note: step.note };
  return outcome.kind === 'failed' && outcome.code !== 'NOT_READY' ? undefined : outcome;
}

/** A process that is kept still runs with the entry that it was started with. */
function want({ db, stack, nowMs, actor }: OperateContext, { kind, service }: StartStep): void {
  const isRunning = kind === 'keep' || kind === 'settle';
  const known = readDesired(db).find((entry) => entry.service === service);
  if (isRunning && known?.wanted === 'running') return;
  const hash = isRunning ? known?.manifestHash : stack.services.find((spec) => spec.name === service)?.hash;
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
