import { LOG_LEVELS, type LogLevel } from '../core/log-level.js';

const NEWLINE = 0x0a;
const CLOSING_BRACE = 0x7d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** How pino begins each line. Two digits and `AFTER_LEVEL` follow. */
const BEFORE_LEVEL = Buffer.from('{"level":');
const AFTER_LEVEL = Buffer.from(',"time":');
/** Another level further behind, which is the one that counts. Who begins a line like pino writes no blanks between. */
const SECOND_LEVEL = Buffer.from(',"level":');
/** Node searches for up to seven bytes twice as fast as for more. */
const SECOND_LEVEL_START = SECOND_LEVEL.subarray(0, 7);

/** A line of a block, its newline excluded. */
export interface LinePlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Walks over the lines of a block that pino wrote below a level, which it tells by their first bytes: a tenth of what it costs to take a
 * line apart. It may stop at a line that is below; it never passes another one over.
 */
export class LevelScan {
  readonly #block: Buffer;
  /** The first digit that is not below: pino's levels are tens, from 10 for the lowest. */
  readonly #digit: number;
  #at = 0;
  #second: number;

  /** @param block Whole lines, each with its newline. */
  constructor(block: Buffer, minLevel: LogLevel) {
    this.#block = block;
    this.#digit = DIGIT_0 + 1 + LOG_LEVELS.indexOf(minLevel);
    this.#second = findSecond(block, 0);
  }

  /** The next line to look at, and the line before it where that was passed over; the first is `undefined` at the end of the block. */
  next(): { readonly line: LinePlace | undefined; readonly passed: LinePlace | undefined } {
    const block = this.#block;
    // Numbers, as an object for each line that is passed over would cost more than looking at it.
    let [passedStart, passedEnd] = [-1, -1];
    const passed = () => (passedStart === -1 ? undefined : { start: passedStart, end: passedEnd });
    for (let start = this.#at, end = block.indexOf(NEWLINE, start); end !== -1; end = block.indexOf(NEWLINE, start)) {
      const hasSecond = this.#second !== -1 && this.#second < end;
      if (hasSecond) this.#second = findSecond(block, end);
      if (hasSecond || !isBelow(block, start, end, this.#digit)) {
        this.#at = end + 1;
        return { line: { start, end }, passed: passed() };
      }
      [passedStart, passedEnd] = [start, end];
      start = end + 1;
    }
    this.#at = block.length;
    return { line: undefined, passed: passed() };
  }
}

function findSecond(block: Buffer, from: number): number {
  let at = block.indexOf(SECOND_LEVEL_START, from);
  while (at !== -1 && !hasAt(block, at, SECOND_LEVEL)) at = block.indexOf(SECOND_LEVEL_START, at + 1);
  return at;
}

/** A line that was cut off ends with no brace, and is plain text. */
function isBelow(block: Buffer, start: number, end: number, digit: number): boolean {
  const level = start + BEFORE_LEVEL.length;
  const [tens = 0, ones = 0] = [block[level], block[level + 1]];
  return (
    block[end - 1] === CLOSING_BRACE &&
    tens > DIGIT_0 &&
    tens < digit &&
    ones >= DIGIT_0 &&
    ones <= DIGIT_9 &&
    hasAt(block, start, BEFORE_LEVEL) &&
    hasAt(block, level + 2, AFTER_LEVEL)
  );
}

function hasAt(block: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) if (block[at + index] !== text[index]) return false;
  return true;
}
