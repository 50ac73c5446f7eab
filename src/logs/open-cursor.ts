import { NO_ANCHOR, readAnchor } from './anchor.js';
import { LogCursor } from './log-cursor.js';
import { identifyFinishedSegments, identifySegments } from './new-segments.js';
import { openPiece } from './piece.js';
import { PieceStack, SegmentVanished } from './piece-stack.js';
import { findTailStart } from './tail-start.js';

/** Each attempt fails only if a rotation falls into the milliseconds that it takes. */
const MAX_ATTEMPTS = 5;

export interface TailOptions {
  readonly lines: number;
  /** Whether a last line without newline is one of the lines (see `findTailStart`). */
  readonly countUnfinished: boolean;
}

export interface TailCursor {
  readonly cursor: LogCursor;
  /** What was read to find the start. */
  readonly searchedBytes: number;
}

/** A cursor at the first of the last `lines` lines of a log, rotated segments included. A log that does not exist has none. */
export async function openCursorAtTail(path: string, options: TailOptions): Promise<TailCursor> {
  for (let attempt = 1; ; attempt += 1) {
    const tail = await tryOpenAtTail(path, options, attempt === MAX_ATTEMPTS);
    if (tail !== undefined) return tail;
  }
}

/** A cursor in the live file, `atByte` bytes from its start (at most at its end). */
export async function openCursorAtByte(path: string, atByte: number): Promise<LogCursor> {
  const live = await openPiece(path);
  if (live === undefined) return cursorOnNothing(path);
  const knownSegments = await identifyFinishedSegments(path, live);
  const sizeBytes = await live.sizeBytes();
  const offset = Math.min(atByte, sizeBytes);
  const anchor = await readAnchor(live, offset);
  return new LogCursor({ path, pieces: [live], offset, anchor, unreadBytes: sizeBytes - offset, knownSegments });
}

async function cursorOnNothing(path: string): Promise<LogCursor> {
  const knownSegments = await identifySegments(path);
  return new LogCursor({ path, pieces: [], offset: 0, anchor: NO_ANCHOR, unreadBytes: 0, knownSegments });
}

async function tryOpenAtTail(
  path: string,
  options: TailOptions,
  isLastAttempt: boolean,
): Promise<TailCursor | undefined> {
  const stack = await PieceStack.open(path);
  try {
    const start = await findTailStart(stack, options.lines, options.countUnfinished);
    const newest = await stack.at(0);
    const liveOffset = start.age === 0 ? start.offset : 0;
    const anchor = newest === undefined ? NO_ANCHOR : await readAnchor(newest.piece, liveOffset);
    if (!isLastAttempt && !(await stack.isUnmoved())) return undefined;
    const sized = await stack.release(start.age);
    const unreadBytes = sized.reduce((sum, { sizeBytes }) => sum + sizeBytes, -start.offset);
    const pieces = sized.map(({ piece }) => piece);
    const cursor = new LogCursor({
      path,
      pieces,
      offset: start.offset,
      anchor,
      unreadBytes,
      knownSegments: stack.segments,
    });
    return { cursor, searchedBytes: start.bytesRead };
  } catch (error) {
    if (error instanceof SegmentVanished && !isLastAttempt) return undefined;
    throw error;
  } finally {
    await stack.close();
  }
}
