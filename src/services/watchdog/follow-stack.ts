import { statSync } from 'node:fs';
import type { Stack } from '../../core/stack.js';
import { readSnapshot, snapshotPath } from '../../manifest/read-snapshot.js';

/** Returns the validated stack of now, read anew when its file was replaced. A file that cannot be read leaves the one before. */
export function followStack(home: string): () => Stack {
  const file = snapshotPath(home);
  let stack: Stack | undefined;
  let seen = '';
  return () => {
    const stat = statSync(file, { throwIfNoEntry: false });
    const mark = stat === undefined ? seen : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (mark !== seen || stack === undefined) stack = readSnapshot(home) ?? stack;
    seen = mark;
    if (stack === undefined) throw new Error(`No validated stack in "${file}": sigctl start writes it`);
    return stack;
  };
}
