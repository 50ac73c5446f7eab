import { ChangeLatch } from './change-latch.js';
import type { LogCursor } from './log-cursor.js';
import { openCursorAtByte } from './open-cursor.js';

export interface FollowOptions {
  readonly path: string;
  readonly signal: AbortSignal;
  /** How often the file is looked at even if no change is reported. */
  readonly pollMs?: number;
}

/**
 * Lines of a log from the cursor on, in batches, as they are written, until `signal` aborts. Survives rotation, truncation,
 * removal, and a file that appears later (see `LogCursor`). A line without newline is held until it has one, or until the end.
 */
export async function* followCursor(cursor: LogCursor, options: FollowOptions): AsyncGenerator<readonly string[]> {
  const changes = new ChangeLatch(options.path, options);
  try {
    while (!options.signal.aborted) {
      changes.reset();
      const { lines, atEnd } = await cursor.read();
      if (lines.length > 0) yield lines;
      if (atEnd) await changes.wait();
    }
    const unfinished = cursor.finish();
    if (unfinished.length > 0) yield unfinished;
  } finally {
    changes.close();
  }
}

/** Follows the live file of a log from a byte on; `atByte` beyond its end means its end. */
export async function* followLog(
  options: FollowOptions & { readonly atByte: number },
): AsyncGenerator<readonly string[]> {
  const cursor = await openCursorAtByte(options.path, options.atByte);
  try {
    yield* followCursor(cursor, options);
  } finally {
    await cursor.close();
  }
}
