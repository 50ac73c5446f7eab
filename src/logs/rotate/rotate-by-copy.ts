import { fstatSync, ftruncateSync, readSync, renameSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readBootId } from '../../process/proc-stat.js';
import { fileId } from '../piece.js';
import { BUFFER_BYTES, type CopyJob, copyBytes } from './copy-bytes.js';
import { removeJournal, writeJournal } from './journal.js';
import { partPath, syncFolder } from './rotation-files.js';

/** So often the rest that was written meanwhile is copied too before the file is cut, however fast it grows. */
const MAX_ROUNDS = 64;

/**
 * Copies the whole log into a segment and truncates it: works everywhere, and *loses what is written between the last look and
 * the cut* (microseconds, or more when the machine is busy). Where it fails or is killed, `recoverRotation` must run afterwards.
 *
 * @returns Bytes moved.
 */
export async function rotateByCopy(livePath: string, segment: string): Promise<number> {
  const part = partPath(segment);
  const from = await open(livePath, 'r+');
  const to = await open(part, 'wx', (await from.stat()).mode & 0o777);
  const job = { from, to, buffer: Buffer.allocUnsafe(BUFFER_BYTES) };
  try {
    const copied = await copyUntilClose(job);
    await to.sync();
    return await publishAndCut(job, { livePath, segment, copied });
  } finally {
    await from.close();
    await to.close();
  }
}

/** Copies until less than a buffer is missing, so that the rest takes no time. */
async function copyUntilClose(job: CopyJob): Promise<number> {
  let at = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { size } = await job.from.stat();
    if (size - at < BUFFER_BYTES && round > 0) break;
    at = await copyBytes(job, at, size);
  }
  return at;
}

async function publishAndCut(
  job: CopyJob,
  { livePath, segment, copied }: { readonly livePath: string; readonly segment: string; readonly copied: number },
): Promise<number> {
  const stats = await job.from.stat({ bigint: true });
  const entry = { segment: basename(segment), liveId: fileId(stats), sizeBytes: Number(stats.size) };
  const journal = await writeJournal(livePath, { ...entry, bootId: readBootId() });
  await journal.close();
  renameSync(partPath(segment), segment);
  await syncFolder(dirname(segment));
  const bytes = copyRestAndTruncate(job.from, job.to, { at: copied, buffer: job.buffer });
  removeJournal(livePath);
  await job.to.sync();
  return bytes;
}

/** Without a pause between the last look and the cut. */
function copyRestAndTruncate(
  from: FileHandle,
  to: FileHandle,
  { at: start, buffer }: { readonly at: number; readonly buffer: Buffer },
): number {
  let at = start;
  for (let round = 0; round < MAX_ROUNDS && fstatSync(from.fd).size > at; round += 1) {
    const read = readSync(from.fd, buffer, 0, buffer.length, at);
    for (let written = 0; written < read; ) {
      written += writeSync(to.fd, buffer, written, read - written, at + written);
    }
    at += read;
  }
  ftruncateSync(from.fd, 0);
  return at;
}
