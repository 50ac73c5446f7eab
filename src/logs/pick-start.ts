import type { LogQuery } from '../core/log-query.js';
import { LinePicker } from './line-picker.js';
import { MAX_LINE_BYTES } from './line-splitter.js';
import { parseLine } from './parse-line.js';
import type { LogPlace, PiecesFromEnd } from './tail-start.js';

const NEWLINE = 0x0a;
const BLOCK_BYTES = 1024 * 1024;
/** Far longer than any stack trace. */
const MAX_UNCLEAR_BYTES = 4 * 1024 * 1024;

export interface PickOptions {
  readonly lines: number;
  readonly query: LogQuery;
  readonly countUnfinished: boolean;
  /** Nothing before it is wanted. */
  readonly floor: LogPlace | undefined;
  /** Nothing from it on is wanted. */
  readonly end: LogPlace | undefined;
}

export interface PickStart {
  readonly start: LogPlace;
  readonly skip: number;
  readonly bytesRead: number;
}

/** Finds where the last `lines` lines that a query wants begin, or a place a little before, reading blocks from the end. */
export async function findPickStart(pieces: PiecesFromEnd, options: PickOptions): Promise<PickStart> {
  const { lines, floor, end } = options;
  const search = new PickSearch(options);
  let oldest: LogPlace = end ?? { age: 0, offset: (await (await pieces.at(0))?.sizeBytes()) ?? 0 };
  if (lines === 0) return { start: oldest, skip: 0, bytesRead: 0 };
  for (let age = oldest.age; floor === undefined || age <= floor.age; age += 1) {
    const entry = await pieces.at(age);
    if (entry === undefined) break;
    const bottom = floor?.age === age ? floor.offset : 0;
    for (let top = age === end?.age ? end.offset : await entry.sizeBytes(); top > bottom; ) {
      const offset = Math.max(bottom, top - BLOCK_BYTES);
      const found = search.prepend(await entry.piece.read(offset, top - offset));
      if (found !== undefined) {
        return { start: { age, offset: offset + found }, skip: search.found - lines, bytesRead: search.bytesRead };
      }
      top = offset;
    }
    oldest = { age, offset: bottom };
    await entry.piece.rest();
  }
  return { start: oldest, skip: Math.max(0, search.found + search.pickRest() - lines), bytesRead: search.bytesRead };
}

/** Whether a line says by itself all that the query looks at. */
function isClear({ sinceMs, untilMs, minLevel }: LogQuery, raw: string): boolean {
  if (sinceMs === undefined && untilMs === undefined && minLevel === undefined) return true;
  const line = parseLine(raw.replace(/\r$/, ''));
  return (
    line.atMs !== undefined ||
    (sinceMs === undefined && untilMs === undefined && (line.json || line.level !== undefined))
  );
}

/** Counts wanted lines backward, over the borders of blocks and pieces. */
class PickSearch {
  bytesRead = 0;
  found = 0;
  readonly #options: PickOptions;
  /** The rest of a line whose start lies further back. */
  #rest: Buffer = Buffer.alloc(0);
  #isEnd = true;

  constructor(options: PickOptions) {
    this.#options = options;
  }

  /** @returns the offset in the block of a line's start from which on there are enough; `undefined` when there are not. */
  prepend(block: Buffer): number | undefined {
    this.bytesRead += block.length;
    const start = this.#firstClearLine(block);
    if (start === undefined) {
      this.#hold(block);
      return undefined;
    }
    this.#count(Buffer.concat([block.subarray(start), this.#rest]));
    this.#rest = Buffer.from(block.subarray(0, start));
    return this.found >= this.#options.lines ? start : undefined;
  }

  /** The oldest line, whose start is that of the log. */
  pickRest(): number {
    const before = this.found;
    this.#count(this.#rest);
    return this.found - before;
  }

  #count(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const picker = new LinePicker(this.#options.query);
    this.found += picker.push(bytes).length;
    if (this.#isEnd && this.#options.countUnfinished && picker.flush() !== undefined) this.found += 1;
    this.#isEnd = false;
  }

  /**
   * The start of the first line in the block that can be judged without the lines before it. When too much is held already
   * it is the first line at all: a log may have no such lines.
   */
  #firstClearLine(block: Buffer): number | undefined {
    const first = block.indexOf(NEWLINE) + 1;
    if (first === 0) return undefined;
    if (this.#rest.length > MAX_UNCLEAR_BYTES) return first;
    for (let start = first, end = block.indexOf(NEWLINE, start); end !== -1; end = block.indexOf(NEWLINE, start)) {
      if (isClear(this.#options.query, block.toString('utf8', start, end))) return start;
      start = end + 1;
    }
    return undefined;
  }

  /** Of an endless line its head is what counts, as when it is read forward. */
  #hold(block: Buffer): void {
    const held = Buffer.concat([block, this.#rest]);
    const newline = held.indexOf(NEWLINE);
    const end = newline === -1 ? held.length : newline;
    this.#rest = end > MAX_LINE_BYTES ? Buffer.concat([held.subarray(0, MAX_LINE_BYTES), held.subarray(end)]) : held;
  }
}
