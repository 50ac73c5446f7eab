import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A start that prints more than this before it is ready is read in its latest part. */
const MAX_READ_BYTES = 1024 * 1024;

/** What was appended to a file since `offset`, and no more than its last `maxBytes`. One that is shorter than before was rotated: all of it is new. */
export function readSince(path: string, offset: number, maxBytes = MAX_READ_BYTES): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // Nothing was printed yet, or it is being rotated this very moment: the next look finds the new one.
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const from = Math.max(size < offset ? 0 : offset, size - maxBytes);
    const buffer = Buffer.alloc(size - from);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
  } finally {
    closeSync(file);
  }
}
