import { closeSync, openSync, readSync } from 'node:fs';
import { type ProcStat, parseProcStat } from './proc-stat.js';
import { parseChildren } from './tree.js';

/** What `/proc` shows of one process, kept open: one system call a look, and never a stranger who got the number. */
export interface ProcessReader {
  /** `undefined`: the process is gone, or a zombie. */
  readonly stat: () => ProcStat | undefined;
  /**
   * Children that its first thread started: nearly always all of them, at the price of one look instead of one for each thread.
   * Empty when the process is gone, and where the kernel does not tell: `readTree` finds them the long way.
   */
  readonly mainChildren: () => readonly number[];
  readonly close: () => void;
}

/** A line of `stat` with every field at its longest is under 1 KB (proc(5)); a list of children may be longer, and is read in parts. */
const buffer = Buffer.alloc(2_048);
const NO_CHILDREN: readonly number[] = [];

/** `undefined`: no such process, or no descriptor is left. */
export function openProcess(pid: number): ProcessReader | undefined {
  const stat = tryOpen(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const children = tryOpen(`/proc/${pid}/task/${pid}/children`);
  return {
    stat: () => {
      try {
        return parseProcStat(pid, buffer.toString('latin1', 0, readSync(stat, buffer, 0, buffer.length, 0)));
      } catch {
        // ESRCH: it ended since it was opened.
        return undefined;
      }
    },
    mainChildren: () => {
      try {
        return children === undefined ? NO_CHILDREN : readChildren(children);
      } catch {
        // ESRCH: it ended since it was opened.
        return NO_CHILDREN;
      }
    },
    close: () => {
      closeSync(stat);
      if (children !== undefined) closeSync(children);
    },
  };
}

function readChildren(descriptor: number): readonly number[] {
  let text = '';
  for (let at = 0; ; ) {
    const bytes = readSync(descriptor, buffer, 0, buffer.length, at);
    if (bytes === 0) return text === '' ? NO_CHILDREN : parseChildren(text);
    text += buffer.toString('latin1', 0, bytes);
    at += bytes;
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    // ENOENT: it is gone, or the kernel was built without this file.
    return undefined;
  }
}
