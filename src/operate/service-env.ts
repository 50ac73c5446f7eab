import { dirname } from 'node:path';
import type { ServiceSpec } from '../core/stack.js';
import { logPath } from '../process/home.js';
import type { OperateContext } from './context.js';

/** What every service inherits from the shell that started it, and nothing else but its own `passEnv`. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

/** The whole environment of one process of a service: inherited names, then the manifest's, then sigctl's own. */
export function serviceEnv(
  context: Pick<OperateContext, 'stack' | 'paths' | 'sigctlBin' | 'shellEnv'>,
  spec: ServiceSpec,
  instance: string,
  mode: string,
): Readonly<Record<string, string>> {
  return {
    ...pick(context.shellEnv, INHERITED),
    ...spec.env,
    ...pick(context.shellEnv, spec.passEnv),
    // Under cron the PATH is short: the node that runs sigctl is found all the same.
    PATH: withFolder(dirname(process.execPath), spec.env['PATH'] ?? context.shellEnv['PATH']),
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
export function stackEnv(
  context: Pick<OperateContext, 'stack' | 'paths' | 'sigctlBin' | 'shellEnv'>,
): Readonly<Record<string, string>> {
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
