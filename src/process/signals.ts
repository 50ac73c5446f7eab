import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../core/observed-process.js';
import { identify, isAlive } from './identity.js';
import { readTree } from './tree.js';

const POLL_MS = 20;
/** After SIGKILL only the kernel can be slow (a page fault on a hung disk): then the stop counts as failed. */
const KILL_PATIENCE_MS = 5_000;

export type EndOutcome = 'exited' | 'killed' | 'survived';

/** Ends a process and its descendants: SIGINT, then SIGKILL after `killTimeoutMs`. Each is signalled by identity, so that a stranger who got its number is left alone. */
export async function endTree(root: ProcessIdentity, killTimeoutMs: number): Promise<EndOutcome> {
  const members = readTree(root.pid)
    .map(identify)
    .filter((member) => member !== undefined);
  if (!isAlive(root)) return 'exited';
  return endProcesses(members, killTimeoutMs);
}

/** The same for a given set of processes. */
export async function endProcesses(members: readonly ProcessIdentity[], killTimeoutMs: number): Promise<EndOutcome> {
  signalAll(members, 'SIGINT');
  if (await waitUntilGone(members, killTimeoutMs)) return 'exited';
  signalAll(members, 'SIGKILL');
  return (await waitUntilGone(members, KILL_PATIENCE_MS)) ? 'killed' : 'survived';
}

/** Whether all of them were gone before the deadline. */
export async function waitUntilGone(members: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while (members.some(isAlive)) {
    if (performance.now() - startedAt >= withinMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Sends a signal to those that live, each by identity. One that runs as somebody else is left as it is. */
export function signalAll(members: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const member of members) {
    if (!isAlive(member)) continue;
    try {
      process.kill(member.pid, signal);
    } catch {
      // ESRCH: it ended between the look and the signal, which is what was wanted. EPERM: nothing can be done about it.
    }
  }
}
