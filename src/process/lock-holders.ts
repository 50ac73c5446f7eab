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
export function readLockHolders(lockFiles: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>(lockFiles.map((file) => [file, []]));
  // The kernel names files without symbolic links, and a project may lie behind one.
  const targets = [...holders].map(([file, pids]) => ({ file: realPath(file), pids }));
  for (const pid of lockFiles.length === 0 ? [] : listPids()) {
    const open = new Set(readOpenFiles(pid));
    for (const { file, pids } of targets) if (open.has(file) && readProcStat(pid) !== undefined) pids.push(pid);
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
