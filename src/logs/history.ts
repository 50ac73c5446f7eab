import { setTimeout as sleep } from 'node:timers/promises';
import type { CursorRead, LogCursor } from './log-cursor.js';

/** Far longer than a write takes, too short to be noticed. */
const MID_WRITE_MS = 10;

/** What lay between the cursor and the end of its log when it was opened, and not a byte more, however fast the log grows. */
export async function* readHistory<Line>(cursor: LogCursor<Line>): AsyncGenerator<CursorRead<Line>> {
  while (cursor.isInHistory) {
    const read = await cursor.read({ onlyHistory: true });
    if (read.atEnd) return;
    yield read;
  }
}

/** The line that the history ended in: to its newline if that is written by now or in a moment, else as far as it goes. */
export async function finishHistory<Line>(cursor: LogCursor<Line>): Promise<Line[]> {
  for (let attempt = 1; attempt <= 2 && cursor.holdsUnfinished; attempt += 1) {
    // A reader sees a write that crosses a page in two parts.
    if (attempt > 1) await sleep(MID_WRITE_MS);
    const { lines } = await cursor.read({ toNewline: true });
    if (!cursor.holdsUnfinished) return lines;
  }
  return cursor.finish();
}
