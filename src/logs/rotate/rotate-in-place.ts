import { renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { blockBytes, collapseHead, lockOpenFile } from '../../process/collapse-range.js';
import { readBootId } from '../../process/proc-stat.js';
import { fileId } from '../piece.js';
import { BUFFER_BYTES, copyBytes } from './copy-bytes.js';
import { removeJournal, writeJournal } from './journal.js';
import { partPath, syncFolder } from './rotation-files.js';

/**
 * Moves the head of a log, in whole blocks, into a segment while the writer goes on appending. Loses and doubles nothing,
 * wherever it fails or is killed, provided that `recoverRotation` runs afterwards.
 *
 * @param maxBytes Size of the segment at most; what is above it stays for the next rotation.
 * @returns Bytes moved; 0 when the log is not longer than a block.
 */
export async function rotateInPlace(livePath: string, segment: string, maxBytes: number): Promise<number> {
  const live = await open(livePath, 'r+');
  try {
    const unit = await blockBytes(dirname(livePath));
    // The kernel refuses to cut a file to nothing.
    const wholeBytes = wholeBlocks((await live.stat()).size - 1, unit);
    const headBytes = Math.min(wholeBytes, Math.max(unit, wholeBlocks(maxBytes, unit)));
    if (headBytes <= 0) return 0;
    await copyHead(live, partPath(segment), headBytes);
    await publishAndCut(live, { livePath, segment, headBytes });
    return headBytes;
  } finally {
    await live.close();
  }
}

const wholeBlocks = (bytes: number, unit: number): number => Math.floor(bytes / unit) * unit;

async function copyHead(live: FileHandle, target: string, bytes: number): Promise<void> {
  const to = await open(target, 'wx', (await live.stat()).mode & 0o777);
  try {
    const copied = await copyBytes({ from: live, to, buffer: Buffer.allocUnsafe(BUFFER_BYTES) }, 0, bytes);
    if (copied < bytes) throw new Error(`the log became shorter while it was rotated: ${copied} of ${bytes} bytes`);
    await to.sync();
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    await to.close();
  }
}

interface Cut {
  readonly livePath: string;
  readonly segment: string;
  readonly headBytes: number;
}

async function publishAndCut(live: FileHandle, { livePath, segment, headBytes }: Cut): Promise<void> {
  const stats = await live.stat({ bigint: true });
  const journal = await writeJournal(livePath, {
    segment: basename(segment),
    liveId: fileId(stats),
    sizeBytes: Number(stats.size),
    bootId: readBootId(),
  });
  try {
    if ((await lockOpenFile(journal, 0)) !== 'held')
      throw new Error('the journal of the rotation is locked by somebody else');
    renameSync(partPath(segment), segment);
    // The copy must be on the disk under its name before the only other copy goes.
    await syncFolder(dirname(segment));
    if (!(await collapseHead(live, headBytes, journal))) throw new Error('fallocate --collapse-range failed');
    removeJournal(livePath);
  } finally {
    await journal.close();
  }
}
