import { readProcStat } from '../../src/process/proc-stat.js';

/** Whether a process of this number lives; a zombie does not. */
export function isPidAlive(pid: number): boolean {
  return readProcStat(pid) !== undefined;
}

/** Whether the process that a PID file names is gone, the file perhaps with it. */
export function isGone(readPid: () => number): boolean {
  try {
    return !isPidAlive(readPid());
  } catch {
    // The watchdog took it away, as the process is dead.
    return true;
  }
}
