import type { Piece } from './piece.js';

/** Long enough that timestamps make it unique, short enough to be read again after every chunk. */
export const ANCHOR_BYTES = 1024;
/** A shorter sample could be found by chance at a wrong place. */
const MIN_SEARCHABLE_BYTES = 64;
const SEARCH_BLOCK_BYTES = 1024 * 1024;

/** The bytes before a place in the live file: while they are still there, nothing before our place has moved. */
export interface Anchor {
  readonly atByte: number;
  readonly bytes: Buffer;
}

export const NO_ANCHOR: Anchor = { atByte: 0, bytes: Buffer.alloc(0) };

/** The anchor just before `offset`; none at the head of the file. */
export async function readAnchor(piece: Piece, offset: number): Promise<Anchor> {
  const atByte = Math.max(0, offset - ANCHOR_BYTES);
  return { atByte, bytes: await piece.read(atByte, offset - atByte) };
}

/** The anchor when the same bytes are found to end at `offset` now; what lies before the file's head is left out. */
export function placeAnchor(anchor: Anchor, offset: number): Anchor {
  const bytes = offset === 0 ? NO_ANCHOR.bytes : anchor.bytes.subarray(-offset);
  return { atByte: offset - bytes.length, bytes };
}

/** The anchor after the bytes that follow it were read. */
export function moveAnchor(anchor: Anchor, chunk: Buffer): Anchor {
  const bytes = Buffer.concat([anchor.bytes, chunk.subarray(-ANCHOR_BYTES)]).subarray(-ANCHOR_BYTES);
  return { atByte: anchor.atByte + anchor.bytes.length + chunk.length - bytes.length, bytes };
}

/** Whether the bytes are still where they were seen. */
export async function anchorHolds(piece: Piece, anchor: Anchor): Promise<boolean> {
  if (anchor.bytes.length === 0) return true;
  return (await piece.read(anchor.atByte, anchor.bytes.length)).equals(anchor.bytes);
}

/** Whether the segment is a copy, perhaps not complete yet, of a head that is still in the live file: its bytes will be read there. */
export async function isUncutCopy(segment: Piece, live: Piece): Promise<boolean> {
  if (segment.id === live.id) return false;
  const sizeBytes = await segment.sizeBytes();
  if (sizeBytes === 0) return true;
  if (sizeBytes > (await live.sizeBytes())) return false;
  for (const offset of [0, Math.max(0, sizeBytes - ANCHOR_BYTES)]) {
    const length = Math.min(ANCHOR_BYTES, sizeBytes - offset);
    if (!(await segment.read(offset, length)).equals(await live.read(offset, length))) return false;
  }
  return true;
}

/** A place in a stream of several pieces. */
export interface StreamPlace {
  readonly index: number;
  readonly offset: number;
}

/**
 * Finds our place again after the live file was cut: its head went into new segments (`fallocate --collapse-range`), or all
 * of it did and it began anew (copy and truncate). Either way the new segments start where the live file started, so the
 * old offset counts from the start of the first; the anchor proves it. Without segments (the head was thrown away) the
 * anchor is searched in the live file.
 *
 * @param pieces The segments that are new since the cut, oldest first, then the live file.
 * @returns `undefined` when the bytes are gone: the file was truncated.
 */
export async function findPlaceAfterCut(
  pieces: readonly Piece[],
  offset: number,
  anchor: Anchor,
): Promise<StreamPlace | undefined> {
  for (let first = 0; first < pieces.length - 1; first += 1) {
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
