import { statSync } from 'node:fs';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';

/**
 * Ends the watchdog when the status table is another file than at its start: it was restored, or moved away because it was
 * damaged. Whoever has the old one open writes where nobody reads.
 */
export function followDatabase({ paths, end }: Pick<WatchContext, 'paths' | 'end'>): Duty {
  const first = inode(paths.statusDb);
  return {
    name: 'follow the database',
    everyMs: 1_000,
    run: () => {
      if (inode(paths.statusDb) !== first) end('the status table was replaced');
    },
  };
}

function inode(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
