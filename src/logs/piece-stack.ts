import { type Anchor, anchorHolds, NO_ANCHOR, readAnchor } from './anchor.js';
import { identifyFinishedSegments, identifySegments, type SegmentId } from './new-segments.js';
import { openPiece, type Piece } from './piece.js';
import type { PiecesFromEnd, SizedPiece } from './tail-start.js';

/** A segment vanished between listing and opening: it was compressed, renamed or removed. The caller starts again. */
export class SegmentVanished extends Error {}

/** The pieces of one log from the newest to the oldest, opened as far back as somebody looks. */
export class PieceStack implements PiecesFromEnd {
  /** The segments that this stack is made of, oldest first. */
  readonly segments: readonly SegmentId[];
  readonly #opened: SizedPiece[];
  readonly #liveEnd: Anchor;
  readonly #older: SegmentId[];

  private constructor(live: SizedPiece | undefined, liveEnd: Anchor, segments: readonly SegmentId[]) {
    this.segments = segments;
    this.#opened = live === undefined ? [] : [live];
    this.#liveEnd = liveEnd;
    // The live file may have been renamed between opening and listing: then it is the newest segment, and already open.
    this.#older = segments.filter(({ id }) => id !== live?.piece.id);
  }

  /** @throws {SigctlError} LOG_UNREADABLE */
  static async open(path: string): Promise<PieceStack> {
    const live = await openPiece(path);
    if (live === undefined) return new PieceStack(undefined, NO_ANCHOR, await identifySegments(path));
    const sizeBytes = await live.sizeBytes();
    const liveEnd = await readAnchor(live, sizeBytes);
    return new PieceStack(
      { piece: live, sizeBytes: () => Promise.resolve(sizeBytes) },
      liveEnd,
      await identifyFinishedSegments(path, live),
    );
  }

  async at(age: number): Promise<SizedPiece | undefined> {
    while (this.#opened.length <= age) {
      const segment = this.#older.pop();
      if (segment === undefined) return undefined;
      this.#opened.push(await openSized(segment));
    }
    return this.#opened[age];
  }

  /** Whether the live file was not cut since it was opened, so that offsets found in it mean what they meant. */
  async isUnmoved(): Promise<boolean> {
    const newest = this.#opened[0];
    return newest === undefined || anchorHolds(newest.piece, this.#liveEnd);
  }

  /** The pieces of these ages, oldest first; hands them over and closes the rest. */
  async release(oldest: number, newest: number): Promise<readonly Piece[]> {
    const kept = this.#opened.splice(newest, oldest - newest + 1).reverse();
    await this.close();
    return kept.map(({ piece }) => piece);
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map(({ piece }) => piece.close()));
  }
}

async function openSized(segment: SegmentId): Promise<SizedPiece> {
  const piece = await openPiece(segment.path);
  if (piece === undefined) throw new SegmentVanished(segment.path);
  if (piece.id === segment.id) return { piece, sizeBytes: () => piece.sizeBytes() };
  await piece.close();
  throw new SegmentVanished(segment.path);
}
