import { writeSync } from 'node:fs';

/** A reader that is slow makes the kernel refuse a write to a pipe that somebody set to non-blocking: tried again so often. */
const PAUSE_MS = 2;

/**
 * Writes all of a text to a descriptor that is no terminal, and returns when it is taken. Spares loading node's streams, which
 * costs a short command as much as all of its own work.
 *
 * @throws The error of the system: `EPIPE` when nobody reads any more, `ENOSPC` on a full disk.
 */
export function writeText(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
