import { dirname } from 'node:path';
import { envOf, type ServiceVariable, type VariableOrigin } from '../core/service-variable.js';
import type { ServiceSpec } from '../core/stack.js';
import { logPath } from '../process/home.js';
import type { OperateContext } from './context.js';

/** What every service inherits from the shell that started it, and nothing else but its own `passEnv`. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

/** What the environment of a service is made from. */
export type EnvContext = Pick<OperateContext, 'stack' | 'paths' | 'sigctlBin' | 'shellEnv'>;

export interface EnvRequest {
  readonly spec: ServiceSpec;
  readonly instance: string;
  /** Empty before the first one. */
  readonly mode: string;
  /** Names that this shell does not set and an earlier one passed. */
  readonly kept?: readonly string[];
}

/** The whole environment of one process of a service. */
export function serviceEnv(
  context: EnvContext,
  spec: ServiceSpec,
  instance: string,
  mode: string,
): Readonly<Record<string, string>> {
  return envOf(serviceVariables(context, { spec, instance, mode }));
}

/** The same with the origin of each: inherited names, then the manifest's, then `passEnv`, then sigctl's own. Later ones win. */
export function serviceVariables(context: EnvContext, request: EnvRequest): readonly ServiceVariable[] {
  const { shellEnv } = context;
  const { spec, kept = [] } = request;
  const layers = [
    layer(pick(shellEnv, INHERITED), () => ({ kind: 'shell' })),
    layer(spec.env, (name) => sourceOf(spec, name)),
    layer(pick(shellEnv, spec.passEnv), (name) => ({ kind: kept.includes(name) ? 'kept' : 'passEnv' })),
    [pathVariable(spec, shellEnv['PATH'])],
    layer(ownEnv(context, request), () => ({ kind: 'sigctl' })),
  ];
  return [...new Map(layers.flat().map((variable) => [variable.name, variable])).values()];
}

function layer(
  env: Readonly<Record<string, string>>,
  originOf: (name: string) => VariableOrigin,
): readonly ServiceVariable[] {
  return Object.entries(env).map(([name, value]) => ({ name, value, origin: originOf(name) }));
}

function sourceOf({ envFrom }: ServiceSpec, name: string): VariableOrigin {
  return (Object.hasOwn(envFrom, name) ? envFrom[name] : undefined) ?? { kind: 'env' };
}

/** Under cron the PATH is short: the node that runs sigctl is found all the same. */
function pathVariable(spec: ServiceSpec, shellPath: string | undefined): ServiceVariable {
  const ofManifest = spec.env['PATH'];
  const given = ofManifest ?? shellPath;
  const value = withFolder(dirname(process.execPath), given);
  const origin: VariableOrigin = ofManifest === undefined ? { kind: 'shell' } : sourceOf(spec, 'PATH');
  if (given === undefined) return { name: 'PATH', value, origin: { kind: 'sigctl' } };
  return { name: 'PATH', value, origin, note: value === given ? undefined : 'and the folder of node' };
}

function ownEnv(context: EnvContext, { spec, instance, mode }: EnvRequest): Readonly<Record<string, string>> {
  return {
    // PM2's name for it, which clustered apps read.
    NODE_APP_INSTANCE: instance,
    SIGCTL_SERVICE: spec.name,
    SIGCTL_INSTANCE: instance,
    SIGCTL_LOG: logPath(context.paths, spec.instances === 1 ? spec.name : `${spec.name}-${instance}`),
    ...stackPlaces(context),
    SIGCTL_MODE: mode,
  };
}

/** The environment of the watchdog, which belongs to the stack as a whole. */
export function stackEnv(context: EnvContext): Readonly<Record<string, string>> {
  return {
    ...pick(context.shellEnv, INHERITED),
    PATH: withFolder(dirname(process.execPath), context.shellEnv['PATH']),
    ...stackPlaces(context),
  };
}

function stackPlaces({ stack, paths, sigctlBin }: Pick<OperateContext, 'stack' | 'paths' | 'sigctlBin'>) {
  return {
    SIGCTL_HOME: paths.home,
    SIGCTL_STATUS_DB: paths.statusDb,
    SIGCTL_ROOT: stack.root,
    SIGCTL_CONFIG: stack.manifestPath,
    SIGCTL_BIN: sigctlBin,
  };
}

function pick(env: Readonly<Record<string, string | undefined>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      // A variable that is set to nothing is not passed on: that is how a kept one is dropped.
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}

function withFolder(folder: string, path: string | undefined): string {
  const folders = (path ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  return folders.includes(folder) ? folders.join(':') : [...folders, folder].join(':');
}
