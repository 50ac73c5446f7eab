import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { listPids } from './tree.js';

/** O_ACCMODE of open(2): the bits that say whether a descriptor may write. */
const ACCESS_MODE = 0o3;

/**
 * Which of these files some process has open for writing. The kernel follows a file through renames.
 *
 * Looks at every process of this user, a few milliseconds; other users' processes are not seen.
 */
export function readWritten(paths: readonly string[]): ReadonlySet<string> {
  const written = new Set<string>();
  const byTarget = new Map(paths.map((path) => [realPath(path), path]));
  for (const pid of paths.length === 0 ? [] : listPids()) {
    for (const fd of descriptors(pid)) {
      const path = byTarget.get(target(pid, fd));
      if (path !== undefined && !written.has(path) && mayWrite(pid, fd)) written.add(path);
    }
  }
  return written;
}

function descriptors(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    // EACCES: another user's process; ENOENT: it ended meanwhile.
    return [];
  }
}

function target(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    // Closed between the listing and this look.
    return '';
  }
}

function mayWrite(pid: number, fd: string): boolean {
  try {
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0;
  } catch {
    // Closed between the listing and this look.
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // ENOENT: nobody has what is not there.
    return path;
  }
}
