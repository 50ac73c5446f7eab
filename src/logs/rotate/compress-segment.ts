import { createReadStream, createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { open, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { partPath, syncFolder } from './rotation-files.js';

/** Logs shrink to a tenth at any level; the default takes twice the processor time. */
const LEVEL = 3;

/**
 * Replaces a finished segment by its archive, which has the same time of the last write. A kill at any moment leaves the
 * segment, the archive or both; with both, readers take the segment, and the next call makes the archive anew.
 */
export async function compressSegment(path: string): Promise<void> {
  const archive = `${path}.gz`;
  const part = partPath(archive);
  const { mode, atime, mtime } = statSync(path);
  try {
    await pipeline(
      createReadStream(path),
      createGzip({ level: LEVEL }),
      createWriteStream(part, { mode: mode & 0o777 }),
    );
    await syncFile(part);
    await utimes(part, atime, mtime);
    renameSync(part, archive);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
  rmSync(path);
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
