import { readFileSync } from 'node:fs';

/** The soft limit of open files of a process; `undefined`: unlimited, or not readable. */
export function readOpenFileLimit(pid: number | 'self'): number | undefined {
  try {
    return parseOpenFileLimit(readFileSync(`/proc/${pid}/limits`, 'utf8'));
  } catch {
    // Another user's process, one that ended, or no /proc: no limit is known.
    return undefined;
  }
}

/** Reads the line `Max open files  1024  1048576  files` of `/proc/<pid>/limits` (proc(5)). */
export function parseOpenFileLimit(text: string): number | undefined {
  const soft = /^Max open files\s+(\d+|unlimited)\s/m.exec(text)?.[1];
  return soft === undefined || soft === 'unlimited' ? undefined : Number(soft);
}
