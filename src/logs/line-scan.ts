import { isAscii } from 'node:buffer';
import type { LogQuery } from '../core/log-query.js';
import { literalOfValue, patternOfNumber } from './field-shape.js';
import { acrossLines, literalOf } from './grep-shape.js';

const NEWLINE = 0x0a;

/** One line of a block, without its ending, and a way to the lines before it. */
export interface Candidate {
  readonly text: string;
  /** The line before this one in the same block, and so on; `undefined` before the first. */
  readonly before: () => Candidate | undefined;
}

/**
 * Finds the lines of a block that a query may want, in order: perhaps more of them, never fewer.
 *
 * @param block Whole lines, each with its newline.
 */
export type LineScan = (block: Buffer) => Iterable<Candidate>;

/**
 * The fastest scan that suffices for a query: a text that every wanted line holds is searched in the bytes, a pattern that
 * stays within lines in the whole block at once. Only lines that are found are taken apart.
 */
export function scanFor({ grep, fields = [] }: LogQuery): LineScan {
  // A level may be written as a number.
  const written = fields.filter(({ path }) => path !== 'level');
  const literals = [
    grep === undefined ? undefined : literalOf(grep),
    ...written.map(({ value }) => literalOfValue(value)),
  ];
  const [longest] = literals.filter((text) => text !== undefined).sort((left, right) => right.length - left.length);
  if (longest !== undefined) return scanForBytes(Buffer.from(longest));
  if (grep === undefined) {
    const [number] = written.map(({ value }) => patternOfNumber(value)).filter((pattern) => pattern !== undefined);
    return number === undefined ? scanAll : scanForPattern(number);
  }
  const pattern = acrossLines(grep);
  return pattern === undefined ? scanEach(grep) : scanForPattern(pattern);
}

/** Whether the scan skips lines, so that what a line before says has to be looked up. */
export function skipsLines(scan: LineScan): boolean {
  return scan !== scanAll;
}

function scanForBytes(needle: Buffer): LineScan {
  return function* (block) {
    for (let at = block.indexOf(needle); at !== -1; ) {
      const end = block.indexOf(NEWLINE, at);
      yield lineOfBytes(block, startOfBytes(block, at), end);
      at = block.indexOf(needle, end + 1);
    }
  };
}

function scanForPattern(pattern: RegExp): LineScan {
  return function* (block) {
    const text = decode(block);
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const end = text.indexOf('\n', match.index);
      // An empty match behind the last newline is in no line.
      if (end === -1) return;
      yield lineOfText(text, startOfText(text, match.index), end);
      pattern.lastIndex = end + 1;
    }
  };
}

function scanEach(grep: RegExp): LineScan {
  return function* (block) {
    const text = decode(block);
    for (let start = 0, end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      if (grep.test(withoutReturn(text.slice(start, end)))) yield lineOfText(text, start, end);
      start = end + 1;
    }
  };
}

function* scanAll(block: Buffer): Generator<Candidate> {
  const text = decode(block);
  for (let start = 0, end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    yield lineOfText(text, start, end);
    start = end + 1;
  }
}

/** The last line of a block. */
export function lastLine(block: Buffer): Candidate {
  return lineOfBytes(block, startOfBytes(block, block.length - 1), block.length - 1);
}

/** Latin 1 is the same for ASCII, and far faster. */
function decode(block: Buffer): string {
  return isAscii(block) ? block.toString('latin1') : block.toString('utf8');
}

/** A line of a block, without its ending. */
export function textAt(block: Buffer, { start, end }: { readonly start: number; readonly end: number }): string {
  return withoutReturn(block.toString('utf8', start, end));
}

function lineOfBytes(block: Buffer, start: number, end: number): Candidate {
  return {
    text: textAt(block, { start, end }),
    before: () => (start === 0 ? undefined : lineOfBytes(block, startOfBytes(block, start - 1), start - 1)),
  };
}

function startOfBytes(block: Buffer, end: number): number {
  return end === 0 ? 0 : block.lastIndexOf(NEWLINE, end - 1) + 1;
}

function lineOfText(text: string, start: number, end: number): Candidate {
  return {
    text: withoutReturn(text.slice(start, end)),
    before: () => (start === 0 ? undefined : lineOfText(text, startOfText(text, start - 1), start - 1)),
  };
}

function startOfText(text: string, end: number): number {
  return end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
