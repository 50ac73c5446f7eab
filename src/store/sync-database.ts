import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes what was committed to a database so far survive a power cut. With WAL and `synchronous = NORMAL` a commit is safe from a killed
 * process only, until SQLite itself writes the log back (https://www.sqlite.org/pragma.html#pragma_synchronous): minutes later,
 * where little is written.
 *
 * @throws The error of the file system, where the disk does not take it.
 */
export function syncDatabase(path: string): void {
  // The log first: what it holds already is not in the file yet.
  for (const file of [`${path}-wal`, path, dirname(path)]) syncFile(file);
}

function syncFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // The last connection took the log with it, after it had written it back.
    return;
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
