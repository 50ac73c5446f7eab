import { type ChildProcess, spawn } from 'node:child_process';
import type { ProbeAnswer } from '../core/check-state.js';
import { formatDuration, formatLimit } from '../core/duration.js';
import { identify, isAlive } from '../process/identity.js';
import { readTree } from '../process/tree.js';

export interface CommandProbe {
  readonly command: string;
  readonly cwd: string;
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/**
 * Passes when `sh -c` exits 0 within the time. The command has a process group of its own: whatever is left of it when it
 * ends, or when the time is up, is killed, so that a check which is asked for months leaves nothing behind.
 */
export function probeCommand({ command, cwd, env, timeoutMs }: CommandProbe): Promise<ProbeAnswer> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: 'ignore', detached: true });
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      killTree(child);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(deadline);
      resolve({ ok: false, reason: `cannot run: ${error.message}` });
    });
    child.once('exit', (code, signal) => {
      clearTimeout(deadline);
      killGroup(child);
      if (isLate) return resolve({ ok: false, reason: `did not end within ${formatLimit(timeoutMs)}` });
      const how = signal === null ? `exit code ${code ?? 0}` : `killed by ${signal}`;
      resolve({ ok: code === 0, reason: `${how} after ${formatDuration(performance.now() - startedAt)}` });
    });
  });
}

/** The group, and descendants that left it with `setsid`: those are found only while their parents live. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const members = readTree(child.pid).flatMap((pid) => identify(pid) ?? []);
  killGroup(child);
  for (const member of members) if (isAlive(member)) kill(member.pid);
}

/** The kernel gives a group's number to nobody while a member lives. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) kill(-pid);
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch {
    // ESRCH: nothing is left, which is what was wanted.
  }
}
