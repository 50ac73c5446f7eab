import { readFileSync } from 'node:fs';

/** `R` running, `S` sleeping, `D` in the kernel, `T` stopped by a signal, `t` by a debugger, `Z` zombie (proc(5)); `undefined`: gone. */
export function readProcessState(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[0];
  } catch {
    // No such process any more, which is the answer.
    return undefined;
  }
}
