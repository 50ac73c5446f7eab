import type { Piece } from './piece.js';

/** Long enough that timestamps make it unique, short enough to be read again after every chunk. */
export const ANCHOR_BYTES = 1024;

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
