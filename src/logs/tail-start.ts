import type { Piece } from './piece.js';

const NEWLINE = 0x0a;
/** One block answers the usual `-n 50`; later blocks are larger, so that a big `-n` does not take many reads. */
const FIRST_BLOCK_BYTES = 64 * 1024;
const MAX_BLOCK_BYTES = 1024 * 1024;

/** Pieces from the newest to the oldest; each is opened when it is asked for. */
export interface PiecesFromEnd {
  /** `0` is the live file. `undefined` behind the oldest. */
  at(age: number): Promise<SizedPiece | undefined>;
}

/** A piece with its size as it was when it was opened: the live file goes on growing. */
export interface SizedPiece {
  readonly piece: Piece;
  readonly sizeBytes: () => Promise<number>;
}

/** A place in a log: the age of a piece (0 is the live file) and the bytes before it there. */
export interface LogPlace {
  readonly age: number;
  readonly offset: number;
}

export interface TailStart extends LogPlace {
  /** What was read to find it: depends on the lines asked for, not on the size of the log. */
  readonly bytesRead: number;
}

/**
 * Finds where the last `lines` lines of a log begin, reading blocks from its end.
 *
 * @param countUnfinished Whether a last line without newline is one of the lines. A follower, which shows it once it is
 *   complete, says no and gets it on top.
 */
export async function findTailStart(
  pieces: PiecesFromEnd,
  lines: number,
  countUnfinished: boolean,
): Promise<TailStart> {
  const search = new NewlineSearch(lines, countUnfinished);
  let oldest = { age: 0, offset: 0 };
  for (let age = 0; ; age += 1) {
    const entry = await pieces.at(age);
    if (entry === undefined) return { ...oldest, bytesRead: search.bytesRead };
    const offset = await search.backwardThrough(entry.piece, await entry.sizeBytes());
    if (offset !== undefined) return { age, offset, bytesRead: search.bytesRead };
    oldest = { age, offset: 0 };
    await entry.piece.rest();
  }
}

/** Counts newlines backward, over the borders of blocks and pieces. */
class NewlineSearch {
  bytesRead = 0;
  readonly #lines: number;
  readonly #countUnfinished: boolean;
  /** Newlines still to pass; `undefined` until the last byte of the log is known. */
  #missing: number | undefined;
  #blockBytes = FIRST_BLOCK_BYTES;

  constructor(lines: number, countUnfinished: boolean) {
    this.#lines = lines;
    this.#countUnfinished = countUnfinished;
  }

  /** @returns the offset behind the newline that was looked for, or `undefined` when it lies in an older piece. */
  async backwardThrough(piece: Piece, sizeBytes: number): Promise<number | undefined> {
    for (let end = sizeBytes; end > 0; ) {
      const start = Math.max(0, end - this.#blockBytes);
      const block = await piece.read(start, end - start);
      this.bytesRead += block.length;
      const found = this.#scan(block);
      if (found !== undefined) return start + found;
      end = start;
      this.#blockBytes = Math.min(this.#blockBytes * 2, MAX_BLOCK_BYTES);
    }
    return undefined;
  }

  #scan(block: Buffer): number | undefined {
    this.#missing ??= this.#newlinesToPass(block.at(-1) === NEWLINE);
    if (this.#missing === 0) return block.length;
    for (let at = block.lastIndexOf(NEWLINE); at !== -1; at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)) {
      this.#missing -= 1;
      if (this.#missing === 0) return at + 1;
    }
    return undefined;
  }

  /** The newline that ends the last line is passed too, so one more than lines, unless the last line has none and counts. */
  #newlinesToPass(endsWithNewline: boolean): number {
    return !endsWithNewline && this.#countUnfinished ? this.#lines : this.#lines + 1;
  }
}
