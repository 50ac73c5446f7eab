import { followCursor } from '../../src/logs/follow.js';
import { finishHistory, readHistory } from '../../src/logs/history.js';
import { newLineSplitter, openCursorAtByte, openCursorAtRange } from '../../src/logs/open-cursor.js';

export interface LastLines {
  readonly lines: string[];
  /** Depends on the lines asked for, not on the size of the log. */
  readonly bytesRead: number;
}

/** The last lines of a log as it is now, rotated segments included, as `sigctl logs` reads them; an unfinished one is one of them. */
export async function readLastLines(path: string, count: number): Promise<LastLines> {
  const range = { lines: count, countUnfinished: true };
  const { cursor, searchedBytes } = await openCursorAtRange(path, range, newLineSplitter);
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

/** Follows the live file of a log from a byte on; `atByte` beyond its end means its end. */
export async function* followLog(options: {
  readonly path: string;
  readonly atByte: number;
  readonly signal: AbortSignal;
}): AsyncGenerator<readonly string[]> {
  const cursor = await openCursorAtByte(options.path, options.atByte);
  try {
    for await (const { lines } of followCursor(cursor, options)) if (lines.length > 0) yield lines;
  } finally {
    await cursor.close();
  }
}
