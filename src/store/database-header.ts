import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** The first bytes of every SQLite 3 database (sqlite.org/fileformat.html §1.3). */
const MAGIC = 'SQLite format 3\0';

/**
 * Whether the file begins as a database does. SQLite itself does not tell while others have it open: a main file that was cut off to
 * nothing beside a write-ahead log in use is "locked" to it, for as long as they live.
 */
export function hasDatabaseHeader(path: string): boolean {
  return readHeader(path) === MAGIC;
}

/** A main file without a beginning beside files of write-ahead logging: what it held is not in it any more. A new one has no such files yet. */
export function isCutOff(path: string): boolean {
  const header = readHeader(path);
  return header !== undefined && header !== MAGIC && ['-wal', '-shm'].some((suffix) => existsSync(`${path}${suffix}`));
}

/** Shorter where the file is; `undefined` when it cannot be read. */
function readHeader(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(MAGIC.length);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
  } catch {
    // ENOENT, EACCES: whoever opens it next says so.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
