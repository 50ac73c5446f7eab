import { readFileSync } from 'node:fs';

/** Memory of the machine. */
export interface MemoryInfo {
  readonly totalBytes: number;
  /** What can be handed out without swapping, by the kernel's own estimate. */
  readonly availableBytes: number;
}

/** Reads `/proc/meminfo`; `undefined` where there is none. */
export function readMemoryInfo(): MemoryInfo | undefined {
  try {
    return parseMemoryInfo(readFileSync('/proc/meminfo', 'utf8'));
  } catch {
    // Not Linux: nothing is known.
    return undefined;
  }
}

/** `undefined` when `MemAvailable` is missing (kernels before 3.14). */
export function parseMemoryInfo(text: string): MemoryInfo | undefined {
  const read = (name: string): number | undefined => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  };
  const totalBytes = read('MemTotal');
  const availableBytes = read('MemAvailable');
  return totalBytes === undefined || availableBytes === undefined ? undefined : { totalBytes, availableBytes };
}
