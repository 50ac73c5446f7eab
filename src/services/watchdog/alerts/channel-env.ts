import { alertVariables } from '../../../core/alert-variables.js';
import type { AlertChannel } from '../../../core/stack.js';
import type { Env } from './channel.js';

export type ReadEnv = () => Env;

/** What every program needs that a command may start. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

/** The variables that a channel names, and for a command what every program needs: no secret of a service goes to it. */
export function channelEnv(channel: AlertChannel, env: Env): Env {
  const names = [...INHERITED, ...alertVariables([channel])];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])));
}
