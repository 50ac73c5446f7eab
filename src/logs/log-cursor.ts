import { ANCHOR_BYTES, type Anchor, anchorHolds, moveAnchor, NO_ANCHOR, placeAnchor } from './anchor.js';
import { isArchiveOf, newSegments, type SegmentId } from './new-segments.js';
import { openPiece, type Piece, pieceIdAt } from './piece.js';
import { findPlaceAfterCut } from './place-after-cut.js';
import { ReadAhead } from './read-ahead.js';
import { type PickUnread, SegmentMemory } from './segment-memory.js';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;
/** History is read in larger strides: each costs a few calls of the system, whatever its size. */
const HISTORY_CHUNK_BYTES = 1024 * 1024;

/** Turns bytes, in pieces of any size, into lines. */
export interface Splitter<Line> {
  /** The lines that these bytes complete. May keep references into `chunk`. */
  push(chunk: Buffer): Line[];
  /** Whether a line has begun whose newline has not come. */
  readonly holdsUnfinished: boolean;
  /** Gives up waiting for the newline. */
  flush(): Line | undefined;
}

/** Where a cursor begins: `pieces` oldest first, the live file last; `offset` counts in the first of them. */
export interface CursorStart {
  readonly path: string;
  readonly pieces: readonly Piece[];
  readonly offset: number;
  readonly anchor: Anchor;
  /** Of the last of the pieces: what lay in it, behind the start, when it was opened. The pieces before it are history as a whole. */
  readonly historyBytes: number;
  /** Segments that existed then. */
  readonly knownSegments: readonly SegmentId[];
}

/** `rotated`: the file goes on under the same name, its past is in a segment; `renewed`: its past is gone. */
export type FileChange = 'rotated' | 'renewed';

export interface CursorRead<Line = string> {
  readonly lines: Line[];
  readonly bytes: number;
  /** There is nothing more for now. */
  readonly atEnd: boolean;
  /** What happened to the file before these lines. */
  readonly change?: FileChange;
}

export interface ReadOptions {
  readonly maxBytes?: number;
  /** Reads nothing that came after the cursor was opened. */
  readonly onlyHistory?: boolean;
  /** Ends with the first newline. */
  readonly toNewline?: boolean;
}

interface RetiredFile<Line> {
  readonly piece: Piece;
  offset: number;
  splitter: Splitter<Line>;
}

function nothing<Line>(): CursorRead<Line> {
  return { lines: [], bytes: 0, atEnd: true };
}

/**
 * Reads one log forward, line by line, through everything that can happen to its file:
 *
 * - rename and a new file (also: removed and created anew): the old file is read to its end, then segments that came and
 *   went meanwhile, then the new file. A writer that keeps the old file open is still heard.
 * - copy and truncate, head cut off in place (`fallocate --collapse-range`): after each chunk the bytes before it are read
 *   again. If they moved, the chunk is dropped and the place is looked up in the new segments and the live file (anchor.ts).
 * - a file that does not exist yet: nothing, until it does.
 *
 * No line is lost or doubled, with two limits. Bytes that a rotator itself loses (written between copy and truncate) are
 * gone. And a cut is not seen if the file has grown past our place again *and* has the very same 1024 bytes before it.
 */
export class LogCursor<Line = string> {
  readonly #path: string;
  readonly #createSplitter: () => Splitter<Line>;
  /** `[0]` is being read; the last is the live file. */
  #queue: Piece[];
  #offset: number;
  /** The bytes before our place in the live file; none at its head and while an older piece is being read. */
  #anchor: Anchor;
  readonly #segments: SegmentMemory;
  readonly #ahead = new ReadAhead();
  #splitter: Splitter<Line>;
  #retired: RetiredFile<Line> | undefined;
  readonly #past: ReadonlySet<Piece>;
  #historyBytes: number;
  #change: FileChange | undefined;

  constructor(start: CursorStart, createSplitter: () => Splitter<Line>) {
    this.#path = start.path;
    this.#createSplitter = createSplitter;
    this.#splitter = createSplitter();
    this.#queue = [...start.pieces];
    this.#offset = start.offset;
    this.#anchor = start.anchor;
    this.#segments = new SegmentMemory(start.path, start.knownSegments);
    this.#past = new Set(start.pieces.slice(0, -1));
    this.#historyBytes = start.historyBytes;
  }

  /** The next lines, from one chunk. A line without its newline is held back. */
  async read(options: ReadOptions = {}): Promise<CursorRead<Line>> {
    const read = await this.#readOn(options);
    const change = this.#change;
    this.#change = undefined;
    return change === undefined ? read : { ...read, change };
  }

  /** Whether something is still to be read of what was there when the cursor was opened. */
  get isInHistory(): boolean {
    const [piece] = this.#queue;
    return piece !== undefined && (this.#historyBytes > 0 || this.#past.has(piece));
  }

  async #readOn(options: ReadOptions): Promise<CursorRead<Line>> {
    let replaced = false;
    for (;;) {
      if (options.onlyHistory === true && !this.isInHistory) return nothing();
      const piece = this.#queue[0];
      if (piece === undefined) {
        if (await this.#openAppeared()) continue;
        return nothing();
      }
      const chunk = await this.#ahead.read(piece, this.#offset, this.#chunkBytes(piece, options));
      if (this.#queue.length === 1 && (await this.#wasCut(piece, chunk))) {
        const orphan = await this.#findPlaceAgain(piece);
        if (orphan !== undefined) return { lines: [orphan], bytes: 0, atEnd: false };
        continue;
      }
      if (chunk.length > 0) {
        const late = await this.#readRetired(options);
        if (late !== undefined) return late;
        return this.#accept(piece, asked(chunk, options), options);
      }
      if (this.#queue.length > 1) await this.#advance(piece);
      else if (replaced) {
        if (!(await this.#switchFiles(piece))) return nothing();
        replaced = false;
      } else {
        const late = await this.#readRetired(options);
        if (late !== undefined) return late;
        const id = await pieceIdAt(this.#path);
        if (id === undefined || id === piece.id) return nothing();
        // Read on: the writer may have added to the old file between our last read and the rename.
        replaced = true;
      }
    }
  }

  #chunkBytes(piece: Piece, { maxBytes, onlyHistory }: ReadOptions): number {
    const bytes = Math.min(maxBytes ?? Number.POSITIVE_INFINITY, onlyHistory ? HISTORY_CHUNK_BYTES : CHUNK_BYTES);
    return onlyHistory && !this.#past.has(piece) ? Math.min(bytes, this.#historyBytes) : bytes;
  }

  /** Whether a line has begun whose newline has not been read. */
  get holdsUnfinished(): boolean {
    return this.#splitter.holdsUnfinished;
  }

  /** The lines that wait for their newline, as they are. */
  finish(): Line[] {
    return [this.#retired?.splitter.flush(), this.#splitter.flush()].filter((line) => line !== undefined);
  }

  async close(): Promise<void> {
    const pieces = [...this.#queue, ...(this.#retired === undefined ? [] : [this.#retired.piece])];
    this.#queue = [];
    this.#retired = undefined;
    await Promise.all(pieces.map((piece) => piece.close()));
  }

  #accept(piece: Piece, chunk: Buffer, options: ReadOptions): CursorRead<Line> {
    if (!this.#past.has(piece)) this.#historyBytes = Math.max(0, this.#historyBytes - chunk.length);
    if (this.#queue.length === 1) this.#anchor = moveAnchor(this.#anchor, chunk);
    this.#offset += chunk.length;
    // While the lines of this chunk are looked at, the disk can work.
    if (options.onlyHistory === true && this.isInHistory)
      this.#ahead.begin(piece, this.#offset, this.#chunkBytes(piece, options));
    // A line that the old file left unfinished goes on here, so from now on the old file cannot finish it any more.
    if (this.#retired?.splitter === this.#splitter) this.#retired.splitter = this.#createSplitter();
    return { lines: this.#splitter.push(chunk), bytes: chunk.length, atEnd: false };
  }

  async #advance(done: Piece): Promise<void> {
    this.#queue.shift();
    // The file before the live one may be one that was renamed a moment ago, with a writer that does not know it yet.
    if (this.#queue.length === 1) await this.#retire(done, this.#offset);
    else await done.close();
    this.#offset = 0;
  }

  async #retire(piece: Piece, offset: number): Promise<void> {
    await this.#retired?.piece.close();
    this.#retired = { piece, offset, splitter: this.#splitter };
  }

  async #openAppeared(): Promise<boolean> {
    const live = await openPiece(this.#path);
    if (live === undefined) return false;
    await this.#readFromStartOf(live);
    return true;
  }

  /** @returns false when the name has no file (any more): there is nothing to switch to yet. */
  async #switchFiles(old: Piece): Promise<boolean> {
    const live = await openPiece(this.#path);
    if (live === undefined) return false;
    const offset = this.#offset;
    await this.#readFromStartOf(live, async (segments, known) => {
      const mine = segments.findIndex(({ id }) => id === old.id);
      const fresh = newSegments(known, segments);
      this.#change = mine !== -1 || fresh.length > 0 ? 'rotated' : 'renewed';
      if (mine !== -1) return segments.slice(mine + 1);
      // Removed, or compressed: then the first of the new segments is its archive.
      return (await isArchiveOf(old, fresh[0])) ? fresh.slice(1) : fresh;
    });
    await this.#retire(old, offset);
    return true;
  }

  async #readFromStartOf(live: Piece, pickUnread?: PickUnread): Promise<void> {
    this.#queue = [...(await this.#segments.openUnread(live, pickUnread)), live];
    this.#offset = 0;
    this.#anchor = NO_ANCHOR;
  }

  /** Whether the live file was cut before or while `chunk` was read from it. */
  async #wasCut(live: Piece, chunk: Buffer): Promise<boolean> {
    const seen = this.#offset > 0 ? this.#anchor : { atByte: 0, bytes: chunk.subarray(0, ANCHOR_BYTES) };
    if (!(await anchorHolds(live, seen))) return true;
    if (this.#anchor.bytes.length === ANCHOR_BYTES) return false;
    // Near the head too little was read before to be sure. But a segment with what stood there is published before the cut.
    return this.#segments.hasNew(live, this.#retired?.piece);
  }

  /** @returns the line that was held when the file was truncated: its end will never come. */
  async #findPlaceAgain(live: Piece): Promise<Line | undefined> {
    const { listNew, learn } = this.#segments.lister(live, this.#retired?.piece);
    const place = await findPlaceAfterCut({ live, offset: this.#offset, anchor: this.#anchor, listNew });
    await learn(place.knownNow);
    this.#queue = [...place.segments, live];
    this.#offset = place.offset;
    this.#anchor = place.segments.length === 0 ? placeAnchor(this.#anchor, this.#offset) : NO_ANCHOR;
    this.#change = place.truncated ? 'renewed' : 'rotated';
    return place.truncated ? this.#splitter.flush() : undefined;
  }

  /**
   * What a writer that has not heard of the rotation yet still adds to the old file. Asked for after each read of a newer file:
   * what is in that was written when the writer had left the old one, so all that is late comes first.
   */
  async #readRetired(options: ReadOptions): Promise<CursorRead<Line> | undefined> {
    if (this.#retired === undefined) return undefined;
    const chunk = asked(await this.#retired.piece.read(this.#retired.offset, CHUNK_BYTES), options);
    if (chunk.length === 0) return undefined;
    this.#retired.offset += chunk.length;
    return { lines: this.#retired.splitter.push(chunk), bytes: chunk.length, atEnd: false };
  }
}

/** With `toNewline` up to the first newline, and with it; all where there is none. */
function asked(chunk: Buffer, { toNewline }: ReadOptions): Buffer {
  const newline = toNewline === true ? chunk.indexOf(NEWLINE) : -1;
  return newline === -1 ? chunk : chunk.subarray(0, newline + 1);
}
