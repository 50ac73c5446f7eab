import { readFileSync } from 'node:fs';

/**
 * The kernel's start time of a process, by default this one, in clock ticks since boot (`/proc/<pid>/stat` field 22, proc(5)), as text.
 * With the pid it names a process for good, for a pid alone is given out again. `null` where there is no /proc, or no such process.
 */
export function readStartToken(pid: number | 'self' = 'self'): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the program's name in parentheses, and may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null; // No /proc (macOS), where readers compare the pid alone; or it has ended.
  }
}
