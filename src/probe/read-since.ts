import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** A start that prints more than this before it is ready is read in its latest part. */
const MAX_READ_BYTES = 1024 * 1024;

/** What was appended to a file since `offset`. */
export function readSince(path: string, offset: number): string {
  if (!existsSync(path)) return '';
  const { size } = statSync(path);
  // A file shorter than before was rotated: all of it is new.
  const from = Math.max(size < offset ? 0 : offset, size - MAX_READ_BYTES);
  const buffer = Buffer.alloc(size - from);
  const file = openSync(path, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
  } finally {
    closeSync(file);
  }
}
