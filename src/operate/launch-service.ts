import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { StartFailure } from '../core/outcome.js';
import { processKeys, type ServiceSpec } from '../core/stack.js';
import { findDaemon } from '../observe/observe-processes.js';
import { launcherRecord } from '../pm2/app-record.js';
import type { Pm2Client } from '../pm2/client.js';
import { clusterRecord } from '../pm2/cluster-record.js';
import { findCgroupPlace, makeCgroup, noteCgroup } from '../process/cgroup.js';
import { gatePath, launchPath, lockPath, logPath, pidPath } from '../process/home.js';
import { type GatePolicy, writeLaunchFile } from '../process/launch-file.js';
import { NOT_RESTARTED } from '../process/launcher-exit.js';
import { makeLogFile } from '../process/log-file.js';
import { readPortHolder } from '../process/ports.js';
import { writeRunningSpec } from '../process/running-spec.js';
import { announceStart } from './announce.js';
import type { OperateContext, Target } from './context.js';
import { findFlock } from './daemon.js';
import { serviceCommand } from './service-command.js';
import { serviceEnv } from './service-env.js';

/** PM2 calls an app with `wait_ready` online when this is over; ours is longer, so that only the message can do it. */
const MESSAGE_MARGIN_MS = 60_000;

/** What is wrong with a service before anything is started; `undefined` when it can start. */
export function findObstacle(
  { spec, key }: Target,
  env: Readonly<Record<string, string>>,
  earlier: readonly string[],
): StartFailure | undefined {
  const failure = { service: spec.name, key, exitCode: null, exitSignal: null, logTail: [] };
  if (earlier.length > 0) {
    return {
      ...failure,
      code: 'EARLIER_PROCESSES',
      reason: `${earlier.join(', ')} of an earlier manifest still ${earlier.length === 1 ? 'runs' : 'run'}`,
      hint: `sigctl restart ${spec.name}`,
    };
  }
  if (!existsSync(spec.script)) {
    return {
      ...failure,
      code: 'SCRIPT_MISSING',
      reason: `script "${spec.script}" does not exist`,
      hint: 'Correct "script" in the manifest, or build it',
    };
  }
  const program = spec.interpreter ?? spec.script;
  if (!isRunnable(program, env['PATH'] ?? '')) {
    return {
      ...failure,
      code: 'SCRIPT_MISSING',
      reason:
        spec.interpreter === undefined ? `"${program}" is not executable` : `interpreter "${program}" is not in PATH`,
      hint:
        spec.interpreter === undefined
          ? `chmod +x "${program}"`
          : `Install "${program}", or correct "interpreter" in the manifest`,
    };
  }
  return portObstacle(spec, failure);
}

/** What keeps running services from being started again; a port that one of them holds itself does not. */
export function findBlocked(
  context: OperateContext,
  targets: readonly (Target & { readonly listed: boolean })[],
  mode: string,
): readonly ({ readonly kind: 'failed' } & StartFailure)[] {
  return targets
    .filter(({ listed }) => listed)
    .flatMap((target) => {
      const { spec, instance } = target;
      const env = serviceEnv(context, spec, instance, mode);
      const obstacle = findObstacle({ ...target, spec: { ...spec, port: undefined } }, env, []);
      return obstacle === undefined ? [] : [{ kind: 'failed' as const, ...obstacle }];
    });
}

function portObstacle(
  spec: ServiceSpec,
  failure: Omit<StartFailure, 'code' | 'reason' | 'hint'>,
): StartFailure | undefined {
  // Several processes share a port only in a cluster, where PM2 holds it.
  const holder = spec.port === undefined || spec.kind === 'cluster' ? undefined : readPortHolder(spec.port);
  if (holder === undefined) return undefined;
  const who = holder.pid === undefined ? holder.command : `pid ${holder.pid} (${holder.command})`;
  return {
    ...failure,
    code: 'PORT_TAKEN',
    reason: `port ${holder.port} is held by ${who}`,
    hint:
      holder.pid === undefined
        ? 'Give the service another port'
        : `End it (kill ${holder.pid}), or give the service another port`,
  };
}

function isRunnable(program: string, path: string): boolean {
  if (isAbsolute(program)) return isExecutable(program);
  return path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Missing or not permitted: either way it cannot be run.
    return false;
  }
}

/** Hands one process of a service to PM2, and returns the id of this start. */
export async function launchService(
  context: OperateContext,
  client: Pm2Client,
  { spec, key, instance }: Target,
  mode: string,
): Promise<string> {
  const env = serviceEnv(context, spec, instance, mode);
  const startId = randomUUID();
  for (const folder of [context.paths.run, context.paths.data]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  makeLogFile(logPath(context.paths, key));
  writeRunningSpec(context.paths, key, spec);
  if (spec.kind === 'cluster') {
    for (const [index, member] of processKeys(spec).entries())
      announceStart(context, { spec, key: member, instance: String(index) }, startId);
    const place = { pm2Home: context.paths.pm2, startId };
    await client.prepare(clusterRecord(spec, env, logPath(context.paths, key), place));
    return startId;
  }
  // A start by an operator closes the breaker.
  rmSync(gatePath(context.paths, key), { force: true });
  writeLaunchFile(launchPath(context.paths, key), {
    key,
    lock: lockPath(context.paths, key),
    pidFile: pidPath(context.paths, key),
    logFile: logPath(context.paths, key),
    cwd: spec.cwd,
    startId,
    flock: findFlock(context.shellEnv['PATH']),
    keepIpc: spec.waitReady,
    cgroup: cgroupOf(context, spec, key),
    gate: gatePolicy(spec, gatePath(context.paths, key)),
    env,
    command: serviceCommand(context, spec, env),
  });
  announceStart(context, { spec, key, instance }, startId);
  await client.prepare(
    launcherRecord({
      key,
      namespace: spec.namespace ?? 'default',
      launcher: context.launcher,
      launchFile: launchPath(context.paths, key),
      logFile: logPath(context.paths, key),
      pm2Home: context.paths.pm2,
      autorestart: spec.autorestart,
      killTimeoutMs: spec.killTimeoutMs,
      memoryLimitBytes: memoryNet(spec, context.stack.watch.enabled),
      cronRestart: spec.cronRestart,
      stopCodes: [...NOT_RESTARTED, ...spec.restart.neverCodes.filter((code) => code !== 0)],
      readyMessageWithinMs: spec.ready.kind === 'message' ? spec.ready.withinMs + MESSAGE_MARGIN_MS : undefined,
    }),
  );
  return startId;
}

/** The kernel's limit, where this machine lets us have one: in the cgroup of PM2's daemon, or above it. */
function cgroupOf({ stack, paths }: OperateContext, spec: ServiceSpec, key: string): string | undefined {
  const place =
    spec.memoryLimitBytes === undefined
      ? undefined
      : findCgroupPlace({ name: stack.name, home: paths.home }, findDaemon(paths)?.pid);
  const folder =
    place === undefined || spec.memoryLimitBytes === undefined
      ? undefined
      : makeCgroup(place, key, spec.memoryLimitBytes);
  noteCgroup(paths, key, folder);
  return folder;
}

/** What PM2 does not restart by itself starts again only by its cron schedule, which nothing has to hold back. */
function gatePolicy({ autorestart, restart }: ServiceSpec, path: string): GatePolicy | undefined {
  return autorestart ? { path, ...restart } : undefined;
}

/** Room for the watchdog to be first: it ends a service gently and says why, and PM2 only when it is not there. */
const NET_SHARE = 1.1;

function memoryNet({ memoryLimitBytes }: ServiceSpec, isWatched: boolean): number | undefined {
  return memoryLimitBytes === undefined || !isWatched ? memoryLimitBytes : Math.round(memoryLimitBytes * NET_SHARE);
}
