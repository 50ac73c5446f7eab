import type { Anchor } from './anchor.js';
import { openSegments, type SegmentId } from './new-segments.js';
import type { Piece } from './piece.js';

/** A shorter sample could be found by chance at a wrong place. */
const MIN_SEARCHABLE_BYTES = 64;
const SEARCH_BLOCK_BYTES = 1024 * 1024;

/** Where to read on: in the first of the segments, or in the live file when there are none. */
export interface PlaceAfterCut {
  readonly segments: readonly Piece[];
  readonly offset: number;
  /** The segments that are accounted for now, read and unread. */
  readonly knownNow: readonly SegmentId[];
  /** Our place is gone: the file was truncated and nothing was kept. */
  readonly truncated: boolean;
}

export interface Cut {
  readonly live: Piece;
  readonly offset: number;
  readonly anchor: Anchor;
  /** Lists the segments that are new since the place was last certain, oldest first. */
  readonly listNew: () => Promise<readonly SegmentId[]>;
}

/**
 * Finds where to read on after the live file was cut. Further rotations may happen meanwhile: that the place is gone is
 * believed only when a second look, at the same segments, does not find it either.
 */
export async function findPlaceAfterCut({ live, offset, anchor, listNew }: Cut): Promise<PlaceAfterCut> {
  let before: readonly SegmentId[] | undefined;
  for (;;) {
    const opened = await openSegments(await listNew(), live);
    if (opened === undefined) continue;
    const { pieces, ids } = opened;
    const place = await findPlace([...pieces, live], offset, anchor);
    if (place !== undefined) {
      await closeAll(pieces.slice(0, place.index));
      return { segments: pieces.slice(place.index), offset: place.offset, knownNow: ids, truncated: false };
    }
    await closeAll(pieces);
    if (sameFiles(before, ids)) return { segments: [], offset: 0, knownNow: ids, truncated: true };
    before = ids;
  }
}

/** A place in a stream of several pieces. */
interface StreamPlace {
  readonly index: number;
  readonly offset: number;
}

/**
 * Finds our place again after the live file was cut: its head went into new segments (`fallocate --collapse-range`), or all
 * of it did and it began anew (copy and truncate). Either way the new segments start where the live file started, so the
 * old offset counts from the start of the first; the anchor proves it. If they do not fit (the head was thrown away) the
 * anchor is looked for in the live file, first where it was.
 *
 * @param pieces The segments that are new since the cut, oldest first, then the live file.
 * @returns `undefined` when the bytes are gone: the file was truncated.
 */
async function findPlace(pieces: readonly Piece[], offset: number, anchor: Anchor): Promise<StreamPlace | undefined> {
  for (let first = 0; first < pieces.length; first += 1) {
    const place = await placeByOffset(pieces.slice(first), offset, anchor);
    if (place !== undefined) return { index: first + place.index, offset: place.offset };
  }
  const live = pieces.at(-1);
  const found = live === undefined ? undefined : await searchBackward(live, anchor.bytes);
  return found === undefined ? undefined : { index: pieces.length - 1, offset: found + anchor.bytes.length };
}

async function placeByOffset(
  pieces: readonly Piece[],
  offset: number,
  anchor: Anchor,
): Promise<StreamPlace | undefined> {
  if (!(await readAcross(pieces, anchor.atByte, anchor.bytes.length)).equals(anchor.bytes)) return undefined;
  let rest = offset;
  for (const [index, piece] of pieces.entries()) {
    const sizeBytes = await piece.sizeBytes();
    if (rest < sizeBytes || index === pieces.length - 1) return rest <= sizeBytes ? { index, offset: rest } : undefined;
    rest -= sizeBytes;
  }
  return undefined;
}

async function readAcross(pieces: readonly Piece[], atByte: number, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let offset = atByte;
  let missing = length;
  for (const piece of pieces) {
    const sizeBytes = await piece.sizeBytes();
    const part = offset < sizeBytes ? await piece.read(offset, Math.min(missing, sizeBytes - offset)) : Buffer.alloc(0);
    parts.push(part);
    missing -= part.length;
    offset = Math.max(0, offset - sizeBytes);
    if (missing === 0) break;
  }
  return Buffer.concat(parts);
}

/** The last place where `bytes` lie in the file. Blocks overlap, so that a border cannot hide it. */
async function searchBackward(piece: Piece, bytes: Buffer): Promise<number | undefined> {
  if (bytes.length < MIN_SEARCHABLE_BYTES) return undefined;
  for (let end = await piece.sizeBytes(); end >= bytes.length; ) {
    const start = Math.max(0, end - SEARCH_BLOCK_BYTES);
    const found = (await piece.read(start, end - start)).lastIndexOf(bytes);
    if (found !== -1) return start + found;
    if (start === 0) return undefined;
    end = start + bytes.length - 1;
  }
  return undefined;
}

function sameFiles(left: readonly SegmentId[] | undefined, right: readonly SegmentId[]): boolean {
  return left?.length === right.length && left.every(({ version }, index) => version === right[index]?.version);
}

async function closeAll(pieces: readonly Piece[]): Promise<void> {
  await Promise.all(pieces.map((piece) => piece.close()));
}
