import { rmSync } from 'node:fs';
import type { Remedy } from '../../core/finding.js';
import { isDeadSocket } from '../dead-socket.js';
import { type FixDeps, type FixResult, fixed, left } from './fix-deps.js';

/** Removes sockets of a dead daemon, each after another look: a daemon is started under the stack's lock, which is held here. */
export async function removeSockets(
  { paths }: Extract<Remedy, { kind: 'remove-sockets' }>,
  { show, daemonPid }: FixDeps,
): Promise<FixResult> {
  if (daemonPid() !== undefined) return left("PM2's daemon was started meanwhile");
  const removed: string[] = [];
  for (const path of paths) {
    if (!(await isDeadSocket(path))) continue;
    rmSync(path);
    removed.push(show(path));
  }
  return fixed(removed.length === 0 ? 'they are gone already' : `removed ${removed.join(' and ')}`);
}
