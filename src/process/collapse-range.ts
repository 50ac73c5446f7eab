import { rmSync } from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { NOT_FOUND, runTool } from './run-tool.js';

/**
 * Cutting the head off a file in place while others go on appending (`fallocate(2)`, FALLOC_FL_COLLAPSE_RANGE: ext4 and xfs).
 * Node has no call for it, so fallocate(1) makes it; flock(1) guards it, since that child may outlive a rotator that is killed.
 */

/** The unit in which heads can be cut off files of this folder. */
export async function blockBytes(folder: string): Promise<number> {
  return (await statfs(folder)).bsize;
}

/**
 * Whether heads can be cut off files in this folder: tried out on a file without a name.
 *
 * @throws Error with Node's code when it cannot be tried: no room (ENOSPC), no right (EACCES), no folder.
 */
export async function canCollapseRange(folder: string): Promise<boolean> {
  const unit = await blockBytes(folder);
  const path = join(folder, `.collapse-${process.pid}`);
  const probe = await open(path, 'wx+', 0o600);
  try {
    rmSync(path);
    await probe.write(Buffer.alloc(2 * unit));
    // Now, so that a full disk is not taken for a file system that cannot.
    await probe.sync();
    return (await lockOpenFile(probe, 0)) === 'held' && (await collapse(probe, unit));
  } finally {
    await probe.close();
  }
}

/**
 * Cuts the first `bytes` (whole blocks, fewer than the file has) off the file. @returns false when the tool failed, after which
 * the head may be there or not.
 *
 * @param lock An open file whose lock is held (`lockOpenFile`): the tool keeps it for as long as it may still cut.
 */
export function collapseHead(file: FileHandle, bytes: number, lock: FileHandle): Promise<boolean> {
  return collapse(file, bytes, lock);
}

async function collapse(file: FileHandle, bytes: number, ...keep: readonly FileHandle[]): Promise<boolean> {
  const args = ['--collapse-range', '--offset', '0', '--length', String(bytes), '/proc/self/fd/3'];
  return (await runTool('fallocate', args, [file.fd, ...keep.map(({ fd }) => fd)])) === 0;
}

/** `unavailable`: this machine has no flock(1). */
export type LockOutcome = 'held' | 'busy' | 'unavailable';

/**
 * Takes the kernel's lock on an open file, which then holds until the handle is closed *and* every child that got it has ended.
 *
 * @param waitSeconds How long somebody else may still hold it.
 */
export async function lockOpenFile(file: FileHandle, waitSeconds: number): Promise<LockOutcome> {
  const code = await runTool('flock', ['-w', String(waitSeconds), '3'], [file.fd]);
  if (code === NOT_FOUND) return 'unavailable';
  return code === 0 ? 'held' : 'busy';
}
