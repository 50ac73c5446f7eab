import { openPiece, type Piece, pieceIdAt } from './piece.js';
import { listSegments } from './segments.js';

/** A rotated segment by name and identity (device and inode), which stays the same when it is renumbered. */
export interface SegmentId {
  readonly path: string;
  readonly id: string;
}

/** The segments that exist now, oldest first. */
export async function identifySegments(livePath: string): Promise<readonly SegmentId[]> {
  const paths = await listSegments(livePath);
  const ids = await Promise.all(paths.map(pieceIdAt));
  return paths.flatMap((path, index) => {
    const id = ids[index];
    return id === undefined ? [] : [{ path, id }];
  });
}

/** Opens these segments, oldest first; one that vanished meanwhile is left out. */
export async function openSegments(segments: readonly SegmentId[]): Promise<readonly Piece[]> {
  const pieces = await Promise.all(segments.map(({ path }) => openPiece(path)));
  return pieces.filter((piece) => piece !== undefined);
}
