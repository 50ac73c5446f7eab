import type { ProcessIdentity } from '../core/observed-process.js';
import { readProcStat } from './proc-stat.js';

/** Whether this very process lives: the pid alone may belong to a stranger by now. A zombie does not live. */
export function isAlive(identity: ProcessIdentity): boolean {
  return readProcStat(identity.pid)?.startToken === identity.startToken;
}

/** The identity of a live process, `undefined` when there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProcStat(pid);
  return stat === undefined ? undefined : { pid, startToken: stat.startToken };
}
