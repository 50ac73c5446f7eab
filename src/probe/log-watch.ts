import { statSync } from 'node:fs';
import type { ProbeAnswer } from '../core/check-state.js';
import { formatDuration, formatLimit } from '../core/duration.js';
import type { LogCursor } from '../logs/log-cursor.js';
import { openCursorAtByte } from '../logs/open-cursor.js';

/** A log that grew by more since the last look is read in its last megabyte: a check must not become the busiest reader. */
const MAX_LOOK_BYTES = 8 * 1024 * 1024;
const LATEST_BYTES = 1024 * 1024;
/** A pattern is tried on so much of a line, or one endless line would stop the watchdog. */
const MAX_LINE_CHARS = 4_096;

export interface LogRule {
  readonly path: string;
  readonly pattern: string;
  readonly withinMs: number;
}

/**
 * Watches one log for lines that match. Ages count from the look that saw the line, by a monotonic clock; before the first
 * match they count from the first look, so that a watch that has just begun is no failure.
 */
export interface LogWatch {
  /** Reads what was appended since the last look. Not to be called again before it is done. */
  readonly look: (nowMonoMs: number) => Promise<ProbeAnswer>;
  /** After a look that is still going on. */
  readonly close: () => Promise<void>;
}

/** Begins at the end of the log as it is at the first look; follows it through rotation, truncation and removal. */
export function createLogWatch({ path, pattern, withinMs }: LogRule): LogWatch {
  const regex = new RegExp(pattern);
  let cursor: LogCursor | undefined;
  let sinceMs: number | undefined;
  let matchedAtMs: number | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  const look = async (nowMonoMs: number) => {
    cursor ??= await openCursorAtByte(path, Number.MAX_SAFE_INTEGER);
    sinceMs ??= nowMonoMs;
    const { next, matched } = await readMatches(cursor, path, regex);
    cursor = next;
    if (matched) matchedAtMs = nowMonoMs;
    return judgeAge(matchedAtMs, sinceMs, withinMs, nowMonoMs);
  };
  return {
    look: (nowMonoMs) => {
      const found = look(nowMonoMs);
      looking = found;
      return found;
    },
    close: async () => {
      await Promise.allSettled([looking]);
      await cursor?.close();
      cursor = undefined;
    },
  };
}

async function readMatches(
  start: LogCursor,
  path: string,
  regex: RegExp,
): Promise<{ readonly next: LogCursor; readonly matched: boolean }> {
  let [cursor, matched, bytes] = [start, false, 0];
  for (;;) {
    const read = await cursor.read();
    matched ||= read.lines.some((line) => regex.test(line.slice(0, MAX_LINE_CHARS)));
    if (read.atEnd) return { next: cursor, matched };
    bytes += read.bytes;
    if (bytes < MAX_LOOK_BYTES) continue;
    bytes = 0;
    await cursor.close();
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    cursor = await openCursorAtByte(path, Math.max(0, size - LATEST_BYTES));
  }
}

function judgeAge(matchedAtMs: number | undefined, sinceMs: number, withinMs: number, nowMs: number): ProbeAnswer {
  const ageMs = nowMs - (matchedAtMs ?? sinceMs);
  const age = formatDuration(ageMs);
  return {
    ok: ageMs <= withinMs,
    reason: `${matchedAtMs === undefined ? `no match for ${age}` : `last match ${age} ago`}, limit ${formatLimit(withinMs)}`,
  };
}
