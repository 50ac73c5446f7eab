import type { FileHandle } from 'node:fs/promises';

/** All the memory that a rotation takes, however large the log is and however fast it grows. */
export const BUFFER_BYTES = 256 * 1024;

/** Where to copy from, and to: the same number of bytes stands in front of both places. */
export interface CopyJob {
  readonly from: FileHandle;
  readonly to: FileHandle;
  readonly buffer: Buffer;
}

/** Copies the bytes from `start` up to `end`, or up to the end of the file when that comes first. @returns where it ended. */
export async function copyBytes({ from, to, buffer }: CopyJob, start: number, end: number): Promise<number> {
  let at = start;
  while (at < end) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) break;
    await writeAll(to, buffer.subarray(0, bytesRead), at);
    at += bytesRead;
  }
  return at;
}

/** Whether the first `bytes` of both files are there and the same. */
export async function sameHead(left: FileHandle, right: FileHandle, bytes: number): Promise<boolean> {
  const [mine, theirs] = [Buffer.allocUnsafe(BUFFER_BYTES), Buffer.allocUnsafe(BUFFER_BYTES)];
  for (let at = 0; at < bytes; ) {
    const length = Math.min(BUFFER_BYTES, bytes - at);
    const [a, b] = [await readFully(left, mine, length, at), await readFully(right, theirs, length, at)];
    if (a < length || b < length || !mine.subarray(0, length).equals(theirs.subarray(0, length))) return false;
    at += length;
  }
  return true;
}

async function readFully(file: FileHandle, buffer: Buffer, length: number, at: number): Promise<number> {
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
  }
}
