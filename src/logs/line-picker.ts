import { levelRank } from '../core/log-level.js';
import type { ParsedLine } from '../core/log-line.js';
import { contextAfter, type LineContext, type LogQuery, matchesQuery } from '../core/log-query.js';
import { LevelScan } from './level-scan.js';
import { type Candidate, type LineScan, lastLine, scanFor, skipsLines, textAt } from './line-scan.js';
import { LineSplitter } from './line-splitter.js';
import type { Splitter } from './log-cursor.js';
import { normalizeLevel } from './log-level.js';
import { parseLine } from './parse-line.js';

const NEWLINE = 0x0a;
/** How far back the line is looked for to which a line without a time belongs: further than any stack trace is long. */
const MAX_LINES_BACK = 200;

/** A line that was wanted. */
export interface PickedLine {
  readonly line: ParsedLine;
  /** The time of the lines before it, for one that states none. */
  readonly afterMs: number | undefined;
}

const PINO_START = '{"level":';
const PINO_TIME = ',"time":';

const NO_CONTEXT: LineContext = { atMs: undefined, level: undefined };

/** Turns bytes, in pieces of any size, into the lines that a query wants. Lines that are not wanted cost as little as they can. */
export class LinePicker implements Splitter<PickedLine> {
  readonly #query: LogQuery;
  readonly #scan: LineScan;
  readonly #skips: boolean;
  /** Holds the line whose newline has not come. */
  readonly #edge = new LineSplitter();
  /** Of the lines before the block that comes next. */
  #context: LineContext = NO_CONTEXT;
  /** The last line, where it was passed over without being taken apart: it is, once a line asks what it says. */
  #passed: string | undefined;

  constructor(query: LogQuery) {
    this.#query = query;
    this.#scan = scanFor(query);
    this.#skips = skipsLines(this.#scan);
  }

  push(chunk: Buffer): PickedLine[] {
    const picked: PickedLine[] = [];
    const start = this.#edge.holdsUnfinished ? chunk.indexOf(NEWLINE) + 1 : 0;
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      for (const line of this.#edge.push(chunk.subarray(0, start))) this.#consider(line, picked);
      if (end > start) this.#pickFrom(chunk.subarray(start, end), picked);
    }
    this.#edge.push(chunk.subarray(end));
    return picked;
  }

  get holdsUnfinished(): boolean {
    return this.#edge.holdsUnfinished;
  }

  flush(): PickedLine | undefined {
    const line = this.#edge.flush();
    const picked: PickedLine[] = [];
    if (line !== undefined) this.#consider(line, picked);
    return picked[0];
  }

  #pickFrom(block: Buffer, picked: PickedLine[]): void {
    if (!this.#skips) {
      this.#pickInTurn(block, picked);
      return;
    }
    for (const candidate of this.#scan(block)) {
      const line = parseLine(candidate.text);
      const context = this.#contextOf(line, candidate);
      if (matchesQuery(this.#query, line, context)) picked.push({ line, afterMs: context.atMs });
    }
    this.#context = this.#contextAtEnd(block);
  }

  /** Every line but those whose first bytes tell that they are below the level. */
  #pickInTurn(block: Buffer, picked: PickedLine[]): void {
    const { minLevel } = this.#query;
    if (minLevel === undefined) {
      for (const { text } of this.#scan(block)) this.#consider(text, picked);
      return;
    }
    const scan = new LevelScan(block, minLevel);
    for (let step = scan.next(); ; step = scan.next()) {
      if (step.passed !== undefined) this.#passed = textAt(block, step.passed);
      if (step.line === undefined) return;
      this.#consider(textAt(block, step.line), picked);
    }
  }

  /** The next line: what it says holds for the lines after it. */
  #consider(text: string, picked: PickedLine[]): void {
    if (this.#isBelowLevel(text)) {
      this.#passed = text;
      return;
    }
    const context = this.#contextNow();
    const line = parseLine(text);
    if (matchesQuery(this.#query, line, context)) picked.push({ line, afterMs: context.atMs });
    this.#context = contextAfter(line, context);
  }

  #isBelowLevel(text: string): boolean {
    const { minLevel } = this.#query;
    if (minLevel === undefined) return false;
    const level = pinoLevel(text);
    return level !== undefined && levelRank(level) < levelRank(minLevel);
  }

  #contextNow(): LineContext {
    if (this.#passed === undefined) return this.#context;
    this.#context = contextAfter(parseLine(this.#passed), this.#context);
    this.#passed = undefined;
    return this.#context;
  }

  #contextOf(line: ParsedLine, candidate: Candidate): LineContext {
    return line.atMs === undefined ? this.#lookBack(candidate.before()) : NO_CONTEXT;
  }

  #contextAtEnd(block: Buffer): LineContext {
    return this.#lookBack(lastLine(block));
  }

  /** What the lines up to this one say, as far back as the nearest that states a time. */
  #lookBack(from: Candidate | undefined): LineContext {
    const lines: ParsedLine[] = [];
    let candidate = from;
    while (candidate !== undefined && lines.length < MAX_LINES_BACK && lines.at(-1)?.atMs === undefined) {
      lines.push(parseLine(candidate.text));
      candidate = candidate.before();
    }
    return lines.reduceRight((context, line) => contextAfter(line, context), this.#contextNow());
  }
}

/** The level of a line that pino wrote, when it is stated at its start and nowhere else; `undefined`: look closer. */
function pinoLevel(text: string): string | undefined {
  if (!text.startsWith(PINO_START) || !text.endsWith('}')) return undefined;
  const end = text.indexOf(',', PINO_START.length);
  if (!text.startsWith(PINO_TIME, end) || text.includes('"level":', end)) return undefined;
  return normalizeLevel(Number(text.slice(PINO_START.length, end)));
}
