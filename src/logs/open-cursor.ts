import { NO_ANCHOR, readAnchor } from './anchor.js';
import { LineSplitter } from './line-splitter.js';
import { LogCursor, type Splitter } from './log-cursor.js';
import { findRange, type RangeOptions } from './log-range.js';
import { identifyFinishedSegments, identifySegments } from './new-segments.js';
import { openPiece } from './piece.js';
import { PieceStack, SegmentVanished } from './piece-stack.js';

/** Each attempt fails only if a rotation falls into the milliseconds that it takes. */
const MAX_ATTEMPTS = 5;

export interface OpenedCursor<Line> {
  readonly cursor: LogCursor<Line>;
  /** How many of the first lines that it reads come too early to be among the last ones. */
  readonly skip: number;
  /** What was read to find the start. */
  readonly searchedBytes: number;
}

/** A cursor at the start of a part of a log, rotated segments included. A log that does not exist has none. */
export async function openCursorAtRange<Line>(
  path: string,
  options: RangeOptions,
  createSplitter: () => Splitter<Line>,
): Promise<OpenedCursor<Line>> {
  for (let attempt = 1; ; attempt += 1) {
    const opened = await tryOpenAtRange(path, options, createSplitter, attempt === MAX_ATTEMPTS);
    if (opened !== undefined) return opened;
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
  const historyBytes = sizeBytes - offset;
  return new LogCursor({ path, pieces: [live], offset, anchor, historyBytes, knownSegments }, newLineSplitter);
}

export function newLineSplitter(): LineSplitter {
  return new LineSplitter();
}

async function cursorOnNothing(path: string): Promise<LogCursor> {
  const knownSegments = await identifySegments(path);
  const start = { path, pieces: [], offset: 0, anchor: NO_ANCHOR, historyBytes: 0, knownSegments };
  return new LogCursor(start, newLineSplitter);
}

async function tryOpenAtRange<Line>(
  path: string,
  options: RangeOptions,
  createSplitter: () => Splitter<Line>,
  isLastAttempt: boolean,
): Promise<OpenedCursor<Line> | undefined> {
  const stack = await PieceStack.open(path);
  try {
    const { start, end, skip, bytesRead } = await findRange(stack, options);
    const newestAge = Math.min(end?.age ?? 0, start.age);
    const newest = await stack.at(newestAge);
    const offset = start.age === newestAge ? start.offset : 0;
    const anchor = newest === undefined ? NO_ANCHOR : await readAnchor(newest.piece, offset);
    if (!isLastAttempt && !(await stack.isUnmoved())) return undefined;
    const historyEnd = end?.age === newestAge ? end.offset : await newest?.sizeBytes();
    const historyBytes = Math.max(0, (historyEnd ?? 0) - offset);
    const pieces = await stack.release(start.age, newestAge);
    const knownSegments = stack.segments;
    const cursor = new LogCursor(
      { path, pieces, offset: start.offset, anchor, historyBytes, knownSegments },
      createSplitter,
    );
    return { cursor, skip, searchedBytes: bytesRead };
  } catch (error) {
    if (error instanceof SegmentVanished && !isLastAttempt) return undefined;
    throw error;
  } finally {
    await stack.close();
  }
}
