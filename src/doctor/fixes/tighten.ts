import { chmodSync, lstatSync, statSync } from 'node:fs';
import type { Remedy } from '../../core/finding.js';
import { count } from '../words.js';
import { type FixDeps, type FixResult, fixed, left } from './fix-deps.js';

/** Takes rights away, never gives any: what a mode did not allow before, it does not afterwards. */
export function tighten({ files }: Extract<Remedy, { kind: 'tighten' }>, { show }: FixDeps): FixResult {
  const done: string[] = [];
  for (const { path, mode } of files) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !isFolder(path)) {
      return left(`${show(path)} is a symbolic link now`);
    }
    const before = statSync(path, { throwIfNoEntry: false });
    if (before === undefined) continue;
    chmodSync(path, before.mode & mode);
    done.push(`${show(path)} (${(before.mode & 0o777).toString(8)} → ${(before.mode & mode & 0o777).toString(8)})`);
  }
  const [only] = done;
  return fixed(`closed ${done.length === 1 ? only : count(done.length, 'file')} to other users`);
}

/** The state folder itself may be a link: it is its target that is closed. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
