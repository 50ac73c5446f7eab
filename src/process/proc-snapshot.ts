import { readFileSync } from 'node:fs';
import { readProcessState } from './process-state.js';

/** What the kernel tells of a process that does not do its work. `null`: not told. */
export interface ProcSnapshot {
  /** `R` runs, `S` sleeps, `D` waits in the kernel, `T` was stopped by a signal (proc(5)). */
  readonly processState: string | null;
  /** The function of the kernel that it waits in: `futex_wait_queue`, `ep_poll`, … */
  readonly waitsIn: string | null;
  readonly threads: number | null;
  readonly memoryBytes: number | null;
  readonly swapBytes: number | null;
  /** How often it gave up the processor by itself: of a busy loop it stands still. */
  readonly voluntarySwitches: number | null;
}

export function readProcSnapshot(pid: number): ProcSnapshot {
  const status = read(`/proc/${pid}/status`);
  const kibibytes = (name: string) => scale(readNumber(status, name, ' kB'), 1_024);
  const waitsIn = read(`/proc/${pid}/wchan`);
  return {
    processState: readProcessState(pid) ?? null,
    // `0`: it does not wait, or the kernel keeps it to itself.
    waitsIn: waitsIn === '' || waitsIn === '0' ? null : waitsIn,
    threads: readNumber(status, 'Threads', ''),
    memoryBytes: kibibytes('VmRSS'),
    swapBytes: kibibytes('VmSwap'),
    voluntarySwitches: readNumber(status, 'voluntary_ctxt_switches', ''),
  };
}

function readNumber(status: string, name: string, unit: string): number | null {
  const digits = new RegExp(`^${name}:\\s+(\\d+)${unit}$`, 'm').exec(status)?.[1];
  return digits === undefined ? null : Number(digits);
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // It ended, or the kernel does not tell (wchan of a hardened one).
    return '';
  }
}
