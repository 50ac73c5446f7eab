import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isRecord } from '../../core/is-record.js';
import { journalPath } from './rotation-files.js';

/**
 * A rotation that copies, written down before the copy gets its name and taken away after the cut. While it is there, nobody
 * knows whether the bytes of the segment still lie in the live file too (see recover.ts).
 */
export interface RotationJournal {
  /** Name of the segment: all its bytes are about to be cut off the live file. */
  readonly segment: string;
  /** Device and inode of the live file. */
  readonly liveId: string;
  /** Size of the live file: it only grows until the cut, which makes it smaller. */
  readonly sizeBytes: number;
  /** After a power failure a size says nothing. */
  readonly bootId: string;
}

/** Writes the journal down, durably. The handle stays open, so that it can be locked. */
export async function writeJournal(livePath: string, entry: RotationJournal): Promise<FileHandle> {
  const handle = await open(journalPath(livePath), 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify(entry));
    await handle.sync();
    return handle;
  } catch (error) {
    await handle.close();
    removeJournal(livePath);
    throw error;
  }
}

export function removeJournal(livePath: string): void {
  rmSync(journalPath(livePath), { force: true });
}

/** `undefined`: not written to its end, so that what it was about has not happened. */
export async function readJournal(handle: FileHandle): Promise<RotationJournal | undefined> {
  try {
    return parse(JSON.parse(await handle.readFile('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parse(value: unknown): RotationJournal | undefined {
  if (!isRecord(value)) return undefined;
  const { segment, liveId, sizeBytes, bootId } = value;
  if (typeof segment !== 'string' || typeof sizeBytes !== 'number') return undefined;
  if (typeof liveId !== 'string' || typeof bootId !== 'string') return undefined;
  return { segment, liveId, sizeBytes, bootId };
}
