import { parseLine } from './parse-line.js';
import type { LogPlace, PiecesFromEnd, SizedPiece } from './tail-start.js';

const NEWLINE = 0x0a;
/** Holds a few hundred lines; a stack trace without any time fits in. */
const PROBE_BYTES = 64 * 1024;

/** The places around a time, in a log whose lines rise in time. */
export interface TimePlaces {
  /** The start of a line of an earlier time, or of the log; everything before it is earlier too. */
  readonly before: LogPlace;
  /** The start of a line of this time or a later one; everything behind it is later too. `undefined`: the end of the log. */
  readonly from: LogPlace | undefined;
}

interface TimedPlace {
  readonly offset: number;
  readonly atMs: number;
}

/** Finds a time by halving the newest piece that begins before it. A piece none of whose lines has a time is passed over. */
export async function findTime(pieces: PiecesFromEnd, atMs: number): Promise<TimePlaces> {
  let from: LogPlace | undefined;
  let oldest: LogPlace = { age: 0, offset: 0 };
  for (let age = 0; ; age += 1) {
    const entry = await pieces.at(age);
    if (entry === undefined) return { before: oldest, from };
    oldest = { age, offset: 0 };
    const sizeBytes = await entry.sizeBytes();
    const first = await firstTimed(entry, 0, sizeBytes);
    if (first !== undefined && first.atMs < atMs) {
      const found = await halve(entry, { first, sizeBytes, atMs });
      return {
        before: { age, offset: found.before },
        from: found.from === undefined ? from : { age, offset: found.from },
      };
    }
    if (first !== undefined) from = { age, offset: 0 };
    await entry.piece.rest();
  }
}

interface Halving {
  readonly first: TimedPlace;
  readonly sizeBytes: number;
  readonly atMs: number;
}

async function halve(
  entry: SizedPiece,
  { first, sizeBytes, atMs }: Halving,
): Promise<{ readonly before: number; readonly from: number | undefined }> {
  let before = first.offset;
  let from: number | undefined;
  for (let high = sizeBytes; high - before > PROBE_BYTES; ) {
    const middle = before + Math.floor((high - before) / 2);
    const found = await firstTimed(entry, await lineStartFrom(entry, middle, high), high);
    if (found !== undefined && found.atMs < atMs) before = found.offset;
    else {
      if (found !== undefined) from = found.offset;
      high = middle;
    }
  }
  return { before, from };
}

/** The start of the first line that begins behind `offset`; `end` when none does. */
async function lineStartFrom({ piece }: SizedPiece, offset: number, end: number): Promise<number> {
  for (let at = offset; at < end; at += PROBE_BYTES) {
    const newline = (await piece.read(at, Math.min(PROBE_BYTES, end - at))).indexOf(NEWLINE);
    if (newline !== -1) return at + newline + 1;
  }
  return end;
}

/** The first line from a line's start on that states a time. A line longer than a probe is passed over. */
async function firstTimed({ piece }: SizedPiece, offset: number, end: number): Promise<TimedPlace | undefined> {
  for (let at = offset; at < end; ) {
    const block = await piece.read(at, Math.min(PROBE_BYTES, end - at));
    if (block.length === 0) return undefined;
    let start = 0;
    for (let newline = block.indexOf(NEWLINE); newline !== -1; newline = block.indexOf(NEWLINE, start)) {
      const { atMs } = parseLine(block.toString('utf8', start, newline).replace(/\r$/, ''));
      if (atMs !== undefined) return { offset: at + start, atMs };
      start = newline + 1;
    }
    at += start === 0 ? block.length : start;
  }
  return undefined;
}
