import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** Whether a process has a handler for a signal, by the kernel's word: it would not die of it. */
export function catchesSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const mask = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
  } catch {
    // It ended.
    return false;
  }
}
