import { StringDecoder } from 'node:string_decoder';
import { formatSize } from '../core/size.js';
import type { Splitter } from './log-cursor.js';

/** A longer line is cut here, so that a program that never prints a newline cannot fill the reader's memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Turns bytes, in pieces of any size, into lines of text without their endings (LF or CRLF). A line without its newline
 * is held until the rest comes. Lines over 1 MB are cut and say how much is missing. Invalid UTF-8 becomes U+FFFD.
 */
export class LineSplitter implements Splitter<string> {
  readonly #maxLineBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #cutBytes = 0;

  constructor(maxLineBytes: number = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that these bytes complete. Keeps references into `chunk`: hand over a buffer that is not used again. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#hold(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  /** Whether a line has begun whose newline has not come. */
  get holdsUnfinished(): boolean {
    return this.#heldBytes > 0;
  }

  /** Gives up waiting for the newline: the held line as it is, or `undefined` when there is none. */
  flush(): string | undefined {
    return this.#heldBytes === 0 ? undefined : this.#take();
  }

  #hold(bytes: Buffer): void {
    const room = this.#maxLineBytes - this.#heldBytes;
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#cutBytes += bytes.length - kept.length;
    if (kept.length === 0) return;
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #take(): string {
    const [only] = this.#held;
    const bytes = this.#held.length === 1 && only !== undefined ? only : Buffer.concat(this.#held);
    const cutBytes = this.#cutBytes;
    this.#held = [];
    this.#heldBytes = 0;
    this.#cutBytes = 0;
    if (cutBytes > 0) return `${wholeCharacters(bytes)} … (${describeBytes(cutBytes)} cut)`;
    const text = bytes.toString('utf8');
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}

/** The text without a character that the cut went through. */
function wholeCharacters(bytes: Buffer): string {
  return new StringDecoder('utf8').write(bytes);
}

function describeBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : formatSize(bytes);
}
