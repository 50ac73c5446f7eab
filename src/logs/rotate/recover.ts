import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lockOpenFile } from '../../process/collapse-range.js';
import { readBootId } from '../../process/proc-stat.js';
import { isMissing } from '../file-errors.js';
import { fileId } from '../piece.js';
import { sameHead } from './copy-bytes.js';
import { type RotationJournal, readJournal, removeJournal } from './journal.js';
import { journalPath, removeUnfinished } from './rotation-files.js';

/** A cut that outlived its rotator takes milliseconds, unless the disk hangs. */
const STRAGGLER_SECONDS = 5;

/**
 * Brings a rotation that was broken off to a clean state: its bytes are in the segment or in the live file, never in both.
 *
 *     no journal                ─ nothing was published; unfinished copies go
 *     journal, no segment       ─ the same
 *     journal, segment, not cut ─ the segment goes: the live file still has all of it
 *     journal, segment, cut     ─ the segment stays
 *
 * @returns false when a cut may still be under way: try again later, and rotate nothing meanwhile.
 */
export async function recoverRotation(livePath: string): Promise<boolean> {
  const handle = await tryOpen(journalPath(livePath));
  if (handle === undefined) {
    removeUnfinished(livePath);
    return true;
  }
  try {
    // Whoever cuts holds this lock, also after the rotator that started it was killed. Without flock(1) nobody cuts heads off.
    if ((await lockOpenFile(handle, STRAGGLER_SECONDS)) === 'busy') return false;
    const journal = await readJournal(handle);
    if (journal !== undefined) await settle(livePath, journal);
    removeUnfinished(livePath);
    removeJournal(livePath);
    return true;
  } finally {
    await handle.close();
  }
}

async function settle(livePath: string, journal: RotationJournal): Promise<void> {
  const segmentFile = join(dirname(livePath), basename(journal.segment));
  const segment = await tryOpen(segmentFile);
  const live = await tryOpen(livePath);
  try {
    if (segment !== undefined && live !== undefined && !(await wasCut(live, segment, journal))) rmSync(segmentFile);
  } finally {
    await segment?.close();
    await live?.close();
  }
}

/** Whether the bytes of the segment are gone from the live file. */
async function wasCut(live: FileHandle, segment: FileHandle, journal: RotationJournal): Promise<boolean> {
  const stats = await live.stat({ bigint: true });
  // Another file by now: the one that was copied from is out of reach, and the segment is all that is left of it.
  if (fileId(stats) !== journal.liveId) return true;
  // Writers only append, so nothing but a cut makes it smaller. This tells a log of lines that are all alike, too.
  if (Number(stats.size) < journal.sizeBytes && journal.bootId === readBootId()) return true;
  return !(await sameHead(live, segment, (await segment.stat()).size));
}

async function tryOpen(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
