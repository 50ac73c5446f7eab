import { realpathSync } from 'node:fs';
import { readOpenFiles } from './open-files.js';
import { readProcStat } from './proc-stat.js';
import { listPids } from './tree.js';

/**
 * The live processes that have one of these lock files open, by file: the service itself, and children that inherited it.
 *
 * Looks at every process of this user, a few milliseconds; not for the path that a healthy `status` takes.
 * `/proc/locks` is no substitute: inside a container the kernel leaves out locks whose taker (`flock(1)`) has ended.
 */
export function readLockHolders(lockFiles: readonly string[]): LockHolders {
  return lockFiles.length === 0 ? new Map() : findHolders(lockFiles, listPids());
}

/** By file. */
export type LockHolders = ReadonlyMap<string, readonly number[]>;
export type ReadLockHolders = typeof readLockHolders;

/** A process that is just being started may open its files between one look and the next. */
const LOOKS = 2;
/** What a process opens later than that, and a number that has gone to another process, are seen with the next look at all. */
const ALL_EVERY_MS = 30_000;

/**
 * `readLockHolders` for who asks again and again: a lock is opened by a launcher or inherited from one, so that a process that had
 * none of the files open at two looks is not looked at a third time. Asked for other files, it begins anew.
 */
export function createLockHolderReader(monotonicMs: () => number): ReadLockHolders {
  const looks = new Map<number, number>();
  let files = '';
  let beganAtMs = Number.NEGATIVE_INFINITY;
  return (lockFiles) => {
    if (lockFiles.length === 0) return new Map();
    if (lockFiles.join() !== files || monotonicMs() - beganAtMs >= ALL_EVERY_MS) {
      looks.clear();
      files = lockFiles.join();
      beganAtMs = monotonicMs();
    }
    const pids = new Set(listPids());
    for (const pid of looks.keys()) if (!pids.has(pid)) looks.delete(pid);
    const open = [...pids].filter((pid) => (looks.get(pid) ?? 0) < LOOKS);
    const holders = findHolders(lockFiles, open);
    for (const pid of open) looks.set(pid, (looks.get(pid) ?? 0) + 1);
    for (const pid of [...holders.values()].flat()) looks.delete(pid);
    return holders;
  };
}

function findHolders(lockFiles: readonly string[], pids: readonly number[]): LockHolders {
  const holders = new Map<string, number[]>(lockFiles.map((file) => [file, []]));
  // The kernel names files without symbolic links, and a project may lie behind one.
  const targets = [...holders].map(([file, found]) => ({ file: realPath(file), found }));
  for (const pid of pids) {
    const open = new Set(readOpenFiles(pid));
    for (const { file, found } of targets) if (open.has(file) && readProcStat(pid) !== undefined) found.push(pid);
  }
  return holders;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // ENOENT: the service never ran, so that nobody holds it.
    return file;
  }
}
