import { statSync } from 'node:fs';
import type { StartOutcome } from '../core/outcome.js';
import type { StartStep } from '../core/start-plan.js';
import type { Pm2Client } from '../pm2/client.js';
import { journalEnd } from '../process/exit-journal.js';
import { gatePath, lockPath, logPath } from '../process/home.js';
import { identify } from '../process/identity.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { endProcesses } from '../process/signals.js';
import { writeDesired } from '../store/desired.js';
import { announceExitOf } from './announce.js';
import type { OperateContext, Target } from './context.js';
import { findObstacle, launchService } from './launch-service.js';
import { removeApps } from './remove-apps.js';
import { serviceEnv } from './service-env.js';
import { waitReady } from './wait-ready.js';

export type Start = Extract<StartStep, { kind: 'start' | 'settle' }>;

/** Exits before ready that make a start a failure. One may be bad luck, such as a port that is free a moment later. */
const EXITS_TO_FAIL = 3;

export interface StartOptions {
  /** Ctrl-C stops only the waiting: the services ran before this command stopped them. */
  readonly launchAnyway: boolean;
}

export interface StartSetup extends StartOptions {
  /** The mode in force, for the services' environment. */
  readonly mode: string;
}

/** What Ctrl-C leaves of a step that was not begun. One that settles was launched by an earlier command. */
export function notLaunched({ kind, service, key }: Start): StartOutcome {
  return { kind: 'interrupted', service, key, launched: kind === 'settle' };
}

/** Longer than a look that finds a service ready. */
const SETTLE_SHOWN_AFTER_MS = 500;

/** Starts one process, or waits for one that was launched a moment ago, until it is ready or has failed. */
export async function startProcess(
  context: OperateContext,
  client: Pm2Client,
  step: Start,
  target: Target,
  setup: StartSetup,
): Promise<StartOutcome> {
  const { key } = step;
  if (context.signal.aborted && !setup.launchAnyway) return notLaunched(step);
  const env = serviceEnv(context, target.spec, target.instance, setup.mode);
  const tellStart = (): void => context.onProgress({ kind: 'starting', key });
  if (step.kind === 'settle') {
    // Nobody is told of a start that is none: most are ready by now.
    const timer = setTimeout(tellStart, SETTLE_SHOWN_AFTER_MS);
    const settled = await settle(context, client, step, target, env).finally(() => clearTimeout(timer));
    if (settled !== undefined) return settled;
    // It may be alive again by now, and must not stand in its own way.
    announceExitOf(context, key);
    await removeApps(context, client, target);
  }
  tellStart();
  const obstacle = findObstacle(target, env, step.earlier);
  if (obstacle !== undefined) return { kind: 'failed', ...obstacle };
  await endProcesses(
    step.clear.map(identify).filter((member) => member !== undefined),
    target.spec.killTimeoutMs,
  );
  const startedMonoMs = context.monotonicMs();
  const logFile = logPath(context.paths, key);
  const logOffset = sizeOf(logFile);
  // The processes of a cluster share one app, so its first process starts them all.
  const isFollower = target.spec.kind === 'cluster' && target.instance !== '0';
  if (!isFollower) {
    announceExitOf(context, key);
    await removeApps(context, client, target);
  }
  const journalFrom = journalEnd(context.paths);
  context.onLaunch();
  const startId = isFollower ? '' : await launchService(context, client, target, setup.mode);
  rememberEntry(context, target);
  const probe = {
    db: context.db,
    client,
    logFile,
    gateFile: gatePath(context.paths, key),
    logOffset,
    nowMs: context.nowMs,
    env,
  };
  return waitReady(context, {
    target,
    startId,
    startedMonoMs,
    journalFrom,
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
    startedMonoMs: context.monotonicMs(),
    journalFrom: journalEnd(context.paths),
    exitsBefore: (record?.starts ?? 1) - 1,
    exitsToFail: 1,
    // Where it began to print is not known: a line of an earlier run may answer, which is better than none.
    probe: {
      db: context.db,
      client,
      logFile: logPath(context.paths, step.key),
      gateFile: gatePath(context.paths, step.key),
      logOffset: 0,
      nowMs: context.nowMs,
      env,
    },
  });
  if (outcome.kind === 'ready')
    return { kind: 'kept', service: step.service, key: step.key, pid: outcome.pid, note: step.note };
  return outcome.kind === 'failed' && outcome.code !== 'NOT_READY' ? undefined : outcome;
}

/** From now on it runs with the manifest's entry of now. */
function rememberEntry({ db, nowMs, actor }: OperateContext, { spec }: Target): void {
  writeDesired(db, { service: spec.name, wanted: 'running', nowMs: nowMs(), actor, manifestHash: spec.hash });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
