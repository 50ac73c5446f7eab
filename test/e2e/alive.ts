import { readProcStat } from '../../src/process/proc-stat.js';

/** Whether a process of this number lives; a zombie does not. */
export function isPidAlive(pid: number): boolean {
  return readProcStat(pid) !== undefined;
}
