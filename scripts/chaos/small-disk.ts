import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Room for the logs and databases of a run, and little enough to fill at once. */
const SIZE_MB = 96;

/** A file system of its own that can be filled up. */
export interface SmallDisk {
  readonly fill: () => void;
  readonly empty: () => void;
  readonly unmount: () => void;
}

/** Mounts a tmpfs on the folder; `undefined` where that is not allowed (not root). */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options = `size=${SIZE_MB}m,mode=0700`;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) return undefined;
  const filler = join(folder, '.filler');
  return {
    fill: () => fill(folder, filler),
    empty: () => rmSync(filler, { force: true }),
    // Lazily: a process that is ended a moment later may have a file open.
    unmount: () => void spawnSync('umount', ['-l', folder]),
  };
}

function fill(folder: string, filler: string): void {
  const file = openSync(filler, 'w');
  try {
    const { bavail, bsize } = statfsSync(folder);
    const block = Buffer.alloc(Math.max(bsize, 1024 * 1024));
    for (let left = bavail * bsize; left > 0; left -= block.length) writeSync(file, block);
    for (;;) writeSync(file, block, 0, bsize);
  } catch {
    // ENOSPC: that is what full means.
  } finally {
    closeSync(file);
  }
}
