import { setTimeout as sleep } from 'node:timers/promises';
import type { LogCursor } from './log-cursor.js';
import { openCursorAtTail } from './open-cursor.js';

/** Far longer than a write takes, too short to be noticed. */
const MID_WRITE_MS = 10;

export interface LastLines {
  readonly lines: string[];
  /** Depends on the lines asked for, not on the size of the log. */
  readonly bytesRead: number;
}

/**
 * The last lines of a log as it is now, rotated segments included; none if it does not exist. A last line that is not
 * finished is one of them.
 *
 * @throws {SigctlError} LOG_UNREADABLE
 */
export async function readLastLines(path: string, count: number): Promise<LastLines> {
  const { cursor, searchedBytes } = await openCursorAtTail(path, { lines: count, countUnfinished: true });
  try {
    const lines: string[] = [];
    let bytesRead = searchedBytes;
    for await (const read of readHistory(cursor)) {
      // Not push(...): one chunk can hold more lines than a call may have arguments.
      for (const line of read.lines) lines.push(line);
      bytesRead += read.bytes;
    }
    lines.push(...(await finishHistory(cursor)));
    return { lines, bytesRead };
  } finally {
    await cursor.close();
  }
}

/** What lay between the cursor and the end of its log when it was opened, and not a byte more, however fast the log grows. */
export async function* readHistory(
  cursor: LogCursor,
): AsyncGenerator<{ readonly lines: string[]; readonly bytes: number }> {
  for (let missing = cursor.unreadBytes; missing > 0; ) {
    const read = await cursor.read(missing);
    if (read.atEnd) return;
    missing -= read.bytes;
    yield read;
  }
}

/** The line that the history ended in: to its newline if that is written by now or in a moment, else as far as it goes. */
export async function finishHistory(cursor: LogCursor): Promise<string[]> {
  if (!cursor.holdsUnfinished) return [];
  const [rest] = (await cursor.read()).lines;
  if (rest !== undefined) return [rest];
  // A reader sees a write that crosses a page in two parts.
  await sleep(MID_WRITE_MS);
  const [late] = (await cursor.read()).lines;
  return late === undefined ? cursor.finish() : [late];
}
