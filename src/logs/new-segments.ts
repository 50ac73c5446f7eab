import { statSync } from 'node:fs';
import { isUncutCopy } from './anchor.js';
import { isMissing, logUnreadable } from './file-errors.js';
import { fileId, openPiece, type Piece } from './piece.js';
import { isStamped, listSegments, uncompressedName } from './segments.js';

/** Bounds the files that are open at once, for a reader that was not read from for very long. */
const MAX_MISSED_ROTATIONS = 64;
/** A rotator that renumbers its segments takes milliseconds. */
const MAX_LISTINGS = 50;

/** A rotated segment, recognisable when it is renumbered or compressed. */
export interface SegmentId {
  readonly path: string;
  /** Device and inode. Of a removed file they may be given to the next. */
  readonly id: string;
  /** Inode, size and time of the last write: a finished segment keeps them under another name. */
  readonly version: string;
}

export interface OpenSegments {
  readonly pieces: readonly Piece[];
  readonly ids: readonly SegmentId[];
}

/** The segments that exist now, oldest first. */
export async function identifySegments(livePath: string): Promise<readonly SegmentId[]> {
  let before = await listOnce(livePath);
  for (let attempt = 1; attempt <= MAX_LISTINGS; attempt += 1) {
    const now = await listOnce(livePath);
    if (sameSegments(before, now)) return now;
    before = now;
  }
  return before;
}

/** The same without a newest one whose bytes are still in the live file because its rotation is not over. */
export async function identifyFinishedSegments(livePath: string, live: Piece): Promise<readonly SegmentId[]> {
  const segments = await identifySegments(livePath);
  const newest = segments.at(-1);
  // A rotation compresses after its cut, so an archive is no copy in the making.
  if (newest === undefined || newest.path.endsWith('.gz')) return segments;
  const opened = await openSegments([newest], live);
  await Promise.all(opened?.pieces.map((piece) => piece.close()) ?? []);
  return opened?.ids.length === 0 ? segments.slice(0, -1) : segments;
}

/**
 * Opens the last of these segments, oldest first, without a newest one whose bytes are still in the live file because its
 * rotation is not over. `undefined` when one of them was renamed or removed since they were listed: list again.
 */
export async function openSegments(segments: readonly SegmentId[], live: Piece): Promise<OpenSegments | undefined> {
  const ids = segments.slice(-MAX_MISSED_ROTATIONS);
  const opened = await Promise.all(ids.map(({ path }) => openPiece(path)));
  const pieces = opened.filter((piece) => piece !== undefined);
  if (opened.some((piece, index) => piece?.id !== ids[index]?.id)) {
    await Promise.all(pieces.map((piece) => piece.close()));
    return undefined;
  }
  const newest = pieces.at(-1);
  if (newest === undefined || !(await isUncutCopy(newest, live))) return { pieces, ids };
  await newest.close();
  return { pieces: pieces.slice(0, -1), ids: ids.slice(0, -1) };
}

/**
 * Those that came into being since `known` was listed: the ones behind the newest known. Stamped names are never used
 * twice; a numbered segment moves on to other numbers and is known by its version. Of numbered archives (`.2.gz`) nobody
 * can tell, so they count as old.
 */
export function newSegments(known: readonly SegmentId[], now: readonly SegmentId[]): readonly SegmentId[] {
  const names = new Set(known.map(({ path }) => uncompressedName(path)));
  const versions = new Set(known.map(({ version }) => version));
  const isKnown = ({ path, version }: SegmentId) =>
    isStamped(path) ? names.has(uncompressedName(path)) : versions.has(version) || path.endsWith('.gz');
  return now.slice(now.findLastIndex(isKnown) + 1);
}

/** Whether a segment holds what is in this open file, which has lost its name. */
export async function isArchiveOf(old: Piece, segment: SegmentId | undefined): Promise<boolean> {
  if (segment?.path.endsWith('.gz') !== true) return false;
  const archive = await openPiece(segment.path);
  if (archive === undefined) return false;
  try {
    return (await archive.sizeBytes()) === (await old.sizeBytes()) && (await isUncutCopy(archive, old));
  } finally {
    await archive.close();
  }
}

async function listOnce(livePath: string): Promise<readonly SegmentId[]> {
  const ids = await Promise.all(listSegments(livePath).map(identify));
  return ids.filter((id) => id !== undefined);
}

/** Two listings alike: no renumbering (`.1` becomes `.2`, one by one) fell into the second. */
function sameSegments(left: readonly SegmentId[], right: readonly SegmentId[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ path, id }, index) => path === right[index]?.path && id === right[index].id)
  );
}

async function identify(path: string): Promise<SegmentId | undefined> {
  try {
    const stats = statSync(path, { bigint: true });
    const id = fileId(stats);
    return { path, id, version: `${id}:${stats.size}:${stats.mtimeNs}` };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw logUnreadable(path, error);
  }
}
