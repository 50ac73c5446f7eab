import { parsePort } from './parse-value.js';
import type { AppEntry } from './schema.js';
import type { Surroundings } from './surroundings.js';

/** Where a service listens, and who said so. */
export interface ServicePorts {
  /** The manifest's word. */
  readonly declared: { readonly port: number; readonly path: readonly PropertyKey[] } | undefined;
  /** The shell's PORT, where `passEnv` lets it in. It wins. */
  readonly fromShell: number | undefined;
}

export function servicePorts(app: AppEntry, env: Readonly<Record<string, string>>, around: Surroundings): ServicePorts {
  const passed = app.sigctl?.passEnv?.includes('PORT') === true;
  return { declared: declaredPort(app, env), fromShell: passed ? parsePort(around.variable('PORT')) : undefined };
}

/** The rule's own port last but one: `sigctl.port` is the plainer word for where the service listens. */
function declaredPort(app: AppEntry, env: Readonly<Record<string, string>>): ServicePorts['declared'] {
  const ready = app.sigctl?.ready;
  const said: readonly (readonly [number | undefined, readonly PropertyKey[]])[] = [
    [app.sigctl?.port, ['sigctl', 'port']],
    [ready?.http === undefined ? undefined : ready.port, ['sigctl', 'ready', 'port']],
    [ready?.tcp, ['sigctl', 'ready', 'tcp']],
    [app.port, ['port']],
    [parsePort(env['PORT']), ['env', 'PORT']],
  ];
  for (const [port, path] of said) if (port !== undefined) return { port, path };
  return undefined;
}
