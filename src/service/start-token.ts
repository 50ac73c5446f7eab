import { readFileSync } from 'node:fs';

/**
 * The kernel's start time of this process in clock ticks since boot (`/proc/self/stat` field 22, proc(5)), as text.
 * With the pid it names a process for good, for a pid alone is given out again. `null` where there is no /proc.
 */
export function readStartToken(): string | null {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // Field 2 is the program's name in parentheses, and may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null; // No /proc (macOS): readers then compare the pid alone.
  }
}
