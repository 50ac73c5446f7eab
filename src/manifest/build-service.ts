import { basename, resolve } from 'node:path';
import type { ServiceSpec } from '../core/stack.js';
import { healthChecks } from './health-checks.js';
import { checkInstances, instancesOf, notesOnInstances } from './instances.js';
import { type MergedEnv, mergeEnv } from './merge-env.js';
import type { ShapeFault } from './parse-shape.js';
import { readyRule } from './ready-rule.js';
import { type CommandPlaces, type ResolvedCommand, resolveCommand } from './resolve-command.js';
import { restartPolicy } from './restart-policy.js';
import type { AppEntry } from './schema.js';
import { serviceHash } from './service-hash.js';
import { checkName, typedName } from './service-name.js';
import { type ServicePorts, servicePorts } from './service-ports.js';
import type { Surroundings } from './surroundings.js';
import { type LogsEntry, logPolicy, softLimit } from './watch-policy.js';

/** PM2 7.0.4: SIGKILL follows this long after SIGINT. */
const DEFAULT_KILL_TIMEOUT_MS = 1_600;

/** A start of the new code, twice over. */
const DEFAULT_RELOAD_WITHIN_MS = 20_000;

/** Everything outside of the manifest that a service depends on. */
export interface BuildContext {
  readonly root: string;
  readonly packageRoot: string;
  readonly execPath: string;
  readonly nodeVersion: string;
  readonly around: Surroundings;
  /** `sigctl.logs` of the stack, which each service may override. */
  readonly logs: LogsEntry;
}

export interface BuiltService {
  /** Complete in itself even when there are faults, so that other apps can be checked against it. */
  readonly spec: ServiceSpec;
  readonly ports: ServicePorts;
  readonly faults: readonly ShapeFault[];
  readonly notes: readonly string[];
}

/** Fills in every default of one app and lists what contradicts itself or the machine. */
export function buildService(app: AppEntry, context: BuildContext): BuiltService {
  const { faults: envFaults, ...merged } = mergeEnv(app, context.root, context.around);
  const { env } = merged;
  const { command, faults: commandFaults } = commandOf(app, context);
  const ports = servicePorts(app, env, context.around);
  const ready = readyRule(app, ports);
  const readyFaults = 'kind' in ready ? [] : [ready];
  const { checks, faults: checkFaults } = healthChecks(app, ports);
  const kind = app.exec_mode === 'cluster' ? 'cluster' : 'launcher';
  const instances = instancesOf(app, context.around.cpuCount);
  const name = typedName(app);
  const declared: Omit<ServiceSpec, 'hash'> = {
    name: name ?? '',
    kind,
    ...command,
    cwd: resolve(context.root, app.cwd ?? '.'),
    ...withUnbufferedPython(merged, command),
    passEnv: unique(app.sigctl?.passEnv ?? []),
    instances,
    memoryLimitBytes: app.max_memory_restart,
    memorySoftBytes: softLimit(app),
    killTimeoutMs: app.kill_timeout ?? DEFAULT_KILL_TIMEOUT_MS,
    autorestart: app.sigctl?.oneshot === true ? false : (app.autorestart ?? true),
    oneshot: app.sigctl?.oneshot ?? false,
    cronRestart: app.cron_restart === false ? undefined : app.cron_restart,
    namespace: app.namespace,
    after: unique(app.sigctl?.after ?? []),
    needs: unique(app.sigctl?.needs ?? []),
    ready: 'kind' in ready ? ready : { kind: 'delay', delayMs: 0, withinMs: 0 },
    health: healthRule(app),
    checks,
    restart: restartPolicy(app),
    logs: logPolicy(app.sigctl?.logs ?? {}, context.logs),
    reload: reloadRule(app),
    takeBackLast: app.sigctl?.takeBack === 'last',
    singleton: app.sigctl?.singleton ?? instances === 1,
    port: ports.declared?.port,
    waitReady: app.wait_ready ?? false,
  };
  return {
    // The hash comes first: the PORT of whoever types a command must not make a running service look changed.
    spec: withShellPort({ ...declared, hash: serviceHash(declared) }, ports),
    ports,
    faults: [
      ...checkName(name),
      ...commandFaults,
      ...envFaults,
      ...readyFaults,
      ...checkFaults,
      ...checkOneshot(app),
      ...checkInstances(app, command, instances),
    ],
    notes: notesOnInstances(app, declared, context.execPath),
  };
}

function commandOf(app: AppEntry, context: BuildContext): { command: ResolvedCommand; faults: readonly ShapeFault[] } {
  const nothing = { script: '', interpreter: undefined, interpreterArgs: [], args: [] };
  if (app.script === undefined) {
    const fault = {
      path: ['script'],
      found: 'nothing',
      expected: 'the path of a script or binary, or a command of PATH',
    };
    return { command: nothing, faults: [fault] };
  }
  const { script, interpreter, node_args: interpreterArgs = [], args = [] } = app;
  const places: CommandPlaces = { ...context, cwd: resolve(context.root, app.cwd ?? '.') };
  const command = resolveCommand({ script, interpreter, interpreterArgs, args }, places, context.around);
  return 'found' in command
    ? { command: nothing, faults: [{ path: ['script'], ...command }] }
    : { command, faults: [] };
}

/** As PM2 does: a Python that writes to a file keeps its lines back for minutes, and loses them when it is killed. */
function withUnbufferedPython({ env, envFrom }: MergedEnv, command: ResolvedCommand): MergedEnv {
  const program = basename(command.interpreter ?? command.script);
  if (!program.startsWith('python')) return { env, envFrom };
  return { env: { PYTHONUNBUFFERED: '1', ...env }, envFrom: { PYTHONUNBUFFERED: { kind: 'python' }, ...envFrom } };
}

/** Leaves PORT to the shell, so that what the service hears is what sigctl expects, in whatever order the two are merged. */
function withShellPort(spec: ServiceSpec, { fromShell }: ServicePorts): ServiceSpec {
  if (fromShell === undefined) return spec;
  const { PORT: _shadowed, ...env } = spec.env;
  return { ...spec, env, port: fromShell };
}

/** A hung process does nothing, so that a restart costs nothing. Work that does not advance may have a cause that no restart mends. */
function healthRule(app: AppEntry): ServiceSpec['health'] {
  const health = app.sigctl?.health;
  return {
    heartbeatWithinMs: health?.heartbeat,
    progress: progressOf(app),
    onHung: health?.on_hung ?? 'restart',
    onStale: health?.on_stale ?? 'alert',
    onUnhealthy: health?.on_unhealthy ?? 'restart',
  };
}

function reloadRule(app: AppEntry): ServiceSpec['reload'] {
  const rule = app.sigctl?.reload;
  return rule === undefined ? undefined : { signal: rule.signal, withinMs: rule.within ?? DEFAULT_RELOAD_WITHIN_MS };
}

function checkOneshot(app: AppEntry): ShapeFault[] {
  if (app.sigctl?.oneshot !== true || app.autorestart !== true) return [];
  return [{ path: ['autorestart'], found: 'true', expected: 'false, as a oneshot service runs once' }];
}

function progressOf(app: AppEntry): ServiceSpec['health']['progress'] {
  const progress = app.sigctl?.health?.progress;
  return progress === undefined ? undefined : { name: progress.name, withinMs: progress.within };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
