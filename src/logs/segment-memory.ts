import { identifySegments, isArchiveOf, newSegments, openSegments, type SegmentId } from './new-segments.js';
import { type Piece, pieceIdAt } from './piece.js';

/** Picks, of the segments that are older than a file, those that were not read yet. */
export type PickUnread = (segments: readonly SegmentId[], known: readonly SegmentId[]) => Promise<readonly SegmentId[]>;

/** Which rotated segments of a log a cursor knows: those that were there when it was opened, and those that it has read since. */
export class SegmentMemory {
  readonly #path: string;
  #known: readonly SegmentId[];

  constructor(path: string, known: readonly SegmentId[]) {
    this.#path = path;
    this.#known = known;
  }

  /** Opens what came into being before the live file and was not read yet, oldest first. From then on it is known. */
  async openUnread(live: Piece, pickUnread: PickUnread = pickNew): Promise<readonly Piece[]> {
    for (;;) {
      // Only what is older is known from now on: later ones are read when their turn comes.
      const segments = await this.#olderThan(live, await identifySegments(this.#path));
      const unread = await pickUnread(segments, this.#known);
      const opened = await openSegments(unread, live);
      // They have changed: they are listed again.
      if (opened === undefined) continue;
      this.#learn(segments, unread, opened.ids);
      return opened.pieces;
    }
  }

  /**
   * Whether a segment came into being that is older than the live file and no copy of its head; perhaps, where they change right now.
   *
   * @param heard The file before the live one, as long as it is open.
   */
  async hasNew(live: Piece, heard: Piece | undefined): Promise<boolean> {
    const opened = await openSegments(await this.#newAmong(live, heard, await identifySegments(this.#path)), live);
    await Promise.all(opened?.pieces.map((piece) => piece.close()) ?? []);
    return opened === undefined || opened.pieces.length > 0;
  }

  /** For whoever opens new segments itself: the new ones as of each listing, and what of the last listing it has read. */
  lister(live: Piece, heard: Piece | undefined) {
    let listed: readonly SegmentId[] = [];
    return {
      listNew: async (): Promise<readonly SegmentId[]> => {
        listed = await identifySegments(this.#path);
        return this.#newAmong(live, heard, listed);
      },
      learn: async (read: readonly SegmentId[]): Promise<void> => {
        this.#learn(listed, await this.#newAmong(live, heard, listed), read);
      },
    };
  }

  #learn(all: readonly SegmentId[], unread: readonly SegmentId[], read: readonly SegmentId[]): void {
    this.#known = all.filter((segment) => !unread.includes(segment) || read.includes(segment));
  }

  async #newAmong(
    live: Piece,
    heard: Piece | undefined,
    segments: readonly SegmentId[],
  ): Promise<readonly SegmentId[]> {
    const found = newSegments(this.#known, await this.#olderThan(live, segments));
    // A writer that goes on in the old file makes another version of it, and no new segment: it is read where it is open.
    return found.slice(found.findIndex(({ id }) => id === heard?.id) + 1);
  }

  /** A file that was renamed after it was opened is among the segments: then it and what came after it are not older. */
  async #olderThan(live: Piece, segments: readonly SegmentId[]): Promise<readonly SegmentId[]> {
    const renamed = segments.findIndex(({ id }) => id === live.id);
    if (renamed !== -1) return segments.slice(0, renamed);
    // Asked after the listing: a file that has the log's name now was in none of it.
    if ((await pieceIdAt(this.#path)) === live.id) return segments;
    for (let index = segments.length - 1; index >= 0; index -= 1) {
      if (await isArchiveOf(live, segments[index])) return segments.slice(0, index);
    }
    return segments;
  }
}

function pickNew(segments: readonly SegmentId[], known: readonly SegmentId[]): Promise<readonly SegmentId[]> {
  return Promise.resolve(newSegments(known, segments));
}
