import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { isAlive } from './identity.js';
import { readLaunchRecord } from './launch-record.js';

/**
 * Removes the PID file of a process that is gone: its number will be a stranger's one day. A file that holds anything but the
 * number of the recorded, dead process stays.
 *
 * The launcher may write a new one at any moment, and asks nobody. So the file is taken aside first, which is one step, and what
 * was taken is looked at then: a file that the launcher has open or has written since is put back, unless there is a newer one.
 *
 * @returns Whether it was removed.
 */
export function removeStalePidFile(path: string, lock: string): boolean {
  const record = readLaunchRecord(lock);
  if (record === undefined || isAlive(record.identity)) return false;
  const dead = String(record.identity.pid);
  if (read(path) !== dead) return false;
  const aside = `${path}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    // Somebody else removed it.
    return false;
  }
  const isStale = read(aside) === dead;
  if (!isStale) putBack(aside, path);
  rmSync(aside, { force: true });
  return isStale;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch {
    // EEXIST: a newer one is there already.
  }
}
