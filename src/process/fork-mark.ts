import { openSync, readSync, statSync } from 'node:fs';

/** Enough for the one line of `/proc/loadavg` (proc(5)). */
const buffer = Buffer.alloc(128);

/**
 * Another text once any process or thread was started on this machine: while it is the same, no process has got a new child. Costs one
 * system call. `undefined`: nobody can tell.
 */
export type ReadForkMark = () => string | undefined;

/** The last field of `/proc/loadavg` is the number that was given out last, in our pid namespace and in those below it. */
export function openForkMark(): ReadForkMark {
  const descriptor = openLoadavg();
  if (descriptor === undefined) return () => undefined;
  return () => {
    const text = buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
    return parseForkMark(text);
  };
}

/** `undefined` for a kernel that tells none and writes 0, as gVisor does. */
export function parseForkMark(text: string): string | undefined {
  const mark = text.slice(text.lastIndexOf(' ') + 1).trim();
  return /^[1-9]\d*$/.test(mark) ? mark : undefined;
}

function openLoadavg(): number | undefined {
  try {
    // A file that a container puts in its place (LXCFS) is written anew every few seconds only.
    const isKernels = statSync('/proc/loadavg').dev === statSync('/proc/self/stat').dev;
    return isKernels ? openSync('/proc/loadavg', 'r') : undefined;
  } catch {
    // No Linux.
    return undefined;
  }
}
