import { ChangeLatch } from './change-latch.js';
import type { FileChange, LogCursor } from './log-cursor.js';

export interface FollowOptions {
  readonly path: string;
  readonly signal: AbortSignal;
  /** How often the file is looked at even if no change is reported. */
  readonly pollMs?: number;
  /** Called before each look at the file: what is learnt here holds for lines that come later. */
  readonly beforeRead?: () => void;
}

export interface FollowStep<Line> {
  readonly lines: readonly Line[];
  /** What happened to the file before these lines. */
  readonly change: FileChange | undefined;
  /** There is nothing more for now. */
  readonly atEnd: boolean;
}

/**
 * Lines of a log from the cursor on, in batches, as they are written, until `signal` aborts. Survives rotation, truncation,
 * removal, and a file that appears later (see `LogCursor`). A line without newline is held until it has one, or until the end.
 * Also yields an empty step at each look that finds nothing, a few times a second.
 */
export async function* followCursor<Line>(
  cursor: LogCursor<Line>,
  options: FollowOptions,
): AsyncGenerator<FollowStep<Line>> {
  const changes = new ChangeLatch(options.path, options);
  try {
    while (!options.signal.aborted) {
      changes.reset();
      options.beforeRead?.();
      const { lines, atEnd, change } = await cursor.read();
      yield { lines, change, atEnd };
      if (atEnd) await changes.wait();
    }
    yield { lines: cursor.finish(), change: undefined, atEnd: true };
  } finally {
    changes.close();
  }
}
