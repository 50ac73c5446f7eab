import { statSync } from 'node:fs';
import type { Stack } from '../../core/stack.js';
import { readSnapshot } from '../../manifest/read-snapshot.js';
import { snapshotPath } from '../../manifest/stored-stack.js';

export interface FollowedStack {
  /** The validated stack, as it was when it was last looked for. */
  readonly current: () => Stack;
  /** Reads it anew when its file was replaced. A file that cannot be read leaves the one before. */
  readonly follow: () => void;
}

/** @throws {Error} When there is no validated stack. */
export function followStack(home: string): FollowedStack {
  const file = snapshotPath(home);
  const found = readSnapshot(home);
  if (found === undefined) throw new Error(`No validated stack in "${file}": sigctl start writes it`);
  let stack = found;
  let seen = '';
  return {
    current: () => stack,
    follow: () => {
      const stat = statSync(file, { throwIfNoEntry: false });
      const mark = stat === undefined ? seen : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
      if (mark !== seen) stack = readSnapshot(home) ?? stack;
      seen = mark;
    },
  };
}
