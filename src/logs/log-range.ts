import { type LogQuery, selectsByContent } from '../core/log-query.js';
import { findPickStart } from './pick-start.js';
import { findTailStart, type LogPlace, type PiecesFromEnd } from './tail-start.js';
import { findTime } from './time-place.js';

export interface RangeOptions {
  /** The last ones of those that the query wants; all when left out. */
  readonly lines?: number | undefined;
  readonly query?: LogQuery | undefined;
  /** Whether a last line without newline is one of the lines (see `findTailStart`). */
  readonly countUnfinished: boolean;
}

/** The part of a log in which the lines lie that are wanted. */
export interface LogRange {
  readonly start: LogPlace;
  /** `undefined`: the end of the log. */
  readonly end: LogPlace | undefined;
  /** How many of the wanted lines behind the start come too early to be among the last ones. */
  readonly skip: number;
  /** What was read to find it. */
  readonly bytesRead: number;
}

/**
 * Clocks are set, and writers share a file: a line may stand this far from where its time would put it. So much more is
 * read before and after the place that a time was found at, and its lines are judged one by one.
 */
const OUT_OF_ORDER_MS = 60_000;

/** Finds where in a log to read, from its end, so that the size of the log matters as little as it can. */
export async function findRange(
  pieces: PiecesFromEnd,
  { lines, query = {}, countUnfinished }: RangeOptions,
): Promise<LogRange> {
  const { sinceMs, untilMs } = query;
  if (sinceMs === undefined && untilMs === undefined && lines !== undefined && !selectsByContent(query)) {
    const { age, offset, bytesRead } = await findTailStart(pieces, lines, countUnfinished);
    return { start: { age, offset }, end: undefined, skip: 0, bytesRead };
  }
  const end = untilMs === undefined ? undefined : (await findTime(pieces, untilMs + OUT_OF_ORDER_MS)).from;
  const floor = sinceMs === undefined ? undefined : (await findTime(pieces, sinceMs - OUT_OF_ORDER_MS)).before;
  if (lines === undefined) {
    return { start: floor ?? (await oldestPlace(pieces)), end, skip: 0, bytesRead: 0 };
  }
  return { ...(await findPickStart(pieces, { lines, query, countUnfinished, floor, end })), end };
}

async function oldestPlace(pieces: PiecesFromEnd): Promise<LogPlace> {
  let age = 0;
  while ((await pieces.at(age + 1)) !== undefined) age += 1;
  return { age, offset: 0 };
}
