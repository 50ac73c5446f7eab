import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Remedy } from '../../core/finding.js';
import { findLive } from '../checks/pid-files.js';
import { type FixDeps, type FixResult, fixed, left } from './fix-deps.js';

/** Only a few system calls stand behind it. */
const REMOVE_WITHIN_MS = 10_000;

type RemovePidFile = Extract<Remedy, { kind: 'remove-pid-file' }>;

/**
 * Removes a stale PID file, if it still says what was judged. The process of that number is not touched.
 *
 * PM2 may start the service at this very moment, and the launcher asks nobody: so the file goes while the kernel lock of
 * the service is held, which the launcher takes before it writes.
 */
export function removePidFile({ path, lock, content }: RemovePidFile, { flock, show }: FixDeps): FixResult {
  if (!existsSync(path)) return fixed(`${show(path)} is gone already`);
  if (readFileSync(path, 'utf8') !== content || findLive(content, lock)?.isOurs === true) {
    return left(`${show(path)} was written anew meanwhile`);
  }
  if (flock === undefined || !existsSync(lock)) rmSync(path);
  else if (!removeUnderLock(flock, lock, path))
    return left('its service holds the kernel lock: it is being started, or a child of it lives');
  return fixed(`removed ${show(path)}`);
}

function removeUnderLock(flock: string, lock: string, path: string): boolean {
  return spawnSync(flock, ['-n', lock, 'rm', '-f', '--', path], { timeout: REMOVE_WITHIN_MS }).status === 0;
}
