import type { HomePaths } from '../process/home.js';
import { identify } from '../process/identity.js';
import { readStackHolder } from '../store/stack-lock.js';

/** The command that changes the stack now, such as `start web`; `undefined`: none. One that was killed leaves its note, and its number to somebody else. */
export function readCommandAtWork({ run }: Pick<HomePaths, 'run'>): string | undefined {
  const holder = readStackHolder(run);
  if (holder?.startToken === undefined || identify(holder.pid)?.startToken !== holder.startToken) return undefined;
  return holder.command;
}
