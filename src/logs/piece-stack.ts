import { type Anchor, anchorHolds, NO_ANCHOR, readAnchor } from './anchor.js';
import { openPiece, type Piece } from './piece.js';
import { listSegments } from './segments.js';
import type { PiecesFromEnd } from './tail-start.js';

interface SizedPiece {
  readonly piece: Piece;
  /** As it was when it was opened; the live file goes on growing. */
  readonly sizeBytes: number;
}

/** A segment vanished between listing and opening: it was compressed, renamed or removed. The caller starts again. */
export class SegmentVanished extends Error {}

/** The pieces of one log from the newest to the oldest, opened as far back as somebody looks. */
export class PieceStack implements PiecesFromEnd {
  readonly #opened: SizedPiece[];
  readonly #olderPaths: string[];

  readonly #liveEnd: Anchor;

  private constructor(live: SizedPiece | undefined, liveEnd: Anchor, segments: readonly string[]) {
    this.#opened = live === undefined ? [] : [live];
    this.#liveEnd = liveEnd;
    this.#olderPaths = [...segments];
  }

  /** @throws {SigctlError} LOG_UNREADABLE */
  static async open(path: string): Promise<PieceStack> {
    const live = await openPiece(path);
    if (live === undefined) return new PieceStack(undefined, NO_ANCHOR, await listSegments(path));
    const sizeBytes = await live.sizeBytes();
    const liveEnd = await readAnchor(live, sizeBytes, sizeBytes);
    return new PieceStack({ piece: live, sizeBytes }, liveEnd, await listSegments(path));
  }

  async at(age: number): Promise<SizedPiece | undefined> {
    while (this.#opened.length <= age) {
      const path = this.#olderPaths.pop();
      if (path === undefined) return undefined;
      await this.#openOlder(path);
    }
    return this.#opened[age];
  }

  /** Whether the live file was not cut since it was opened, so that offsets found in it mean what they meant. */
  async isUnmoved(): Promise<boolean> {
    const newest = this.#opened[0];
    return newest === undefined || anchorHolds(newest.piece, this.#liveEnd);
  }

  /** What was opened, oldest first, up to the piece of this age; hands the pieces over and closes the rest. */
  async release(age: number): Promise<readonly SizedPiece[]> {
    const kept = this.#opened.slice(0, age + 1).reverse();
    await Promise.all(this.#opened.slice(age + 1).map(({ piece }) => piece.close()));
    this.#opened.length = 0;
    return kept;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map(({ piece }) => piece.close()));
    this.#opened.length = 0;
  }

  async #openOlder(path: string): Promise<void> {
    const piece = await openPiece(path);
    if (piece === undefined) throw new SegmentVanished(path);
    // The live file was renamed between opening and listing: it is this segment, and already open.
    if (this.#opened.some((entry) => entry.piece.id === piece.id)) return piece.close();
    this.#opened.push({ piece, sizeBytes: await piece.sizeBytes() });
  }
}
