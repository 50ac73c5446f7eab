import { closeSync, openSync, readSync } from 'node:fs';
import { type ProcStat, parseProcStat, readResidentBytes } from './proc-stat.js';

/** `/proc/<pid>/stat` of one process, kept open: one system call a look, and never a stranger who got the number. */
export interface StatReader {
  /** `undefined`: the process is gone, or a zombie. */
  readonly read: () => ProcStat | undefined;
  readonly close: () => void;
}

/** A line of `stat` with every field at its longest is under 1 KB (proc(5)). */
const buffer = Buffer.alloc(2_048);

/** `undefined`: no such process, or no descriptor is left. */
export function openStat(pid: number): StatReader | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(`/proc/${pid}/stat`, 'r');
  } catch {
    // ENOENT: it is gone.
    return undefined;
  }
  return {
    read: () => {
      try {
        return parseProcStat(pid, buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0)));
      } catch {
        // ESRCH: it ended since it was opened.
        return undefined;
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** Bytes of a page, as the kernel counts `rss` in `stat`: 4 KiB but on some arm64 kernels. Learned from this process itself. */
export function readPageBytes(): number {
  const own = openStat(process.pid);
  const pages = own?.read()?.rssPages ?? 0;
  own?.close();
  const ratio = pages === 0 ? 0 : readResidentBytes(process.pid) / pages;
  return ratio > 32_768 ? 65_536 : ratio > 8_192 ? 16_384 : 4_096;
}
