import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isMissing } from './file-errors.js';

/**
 * How rotated parts of `logs/trading.log` are named: `trading.log.20261122T144511Z.000001`, then `.gz` once compressed.
 * The time is that of the rotation (UTC), the number counts all rotations, so the names sort by age.
 *
 * All segments, oldest first, followed by the live file, are one byte stream: a line may begin in one and end in the next.
 * Whoever rotates by copying must give the copy its final name *before* it cuts the live file (until then: any other name,
 * such as `….part`), or a reader that fell behind finds the bytes nowhere.
 */
export function segmentPath(livePath: string, rotatedAtMs: number, sequence: number): string {
  const stamp = new Date(rotatedAtMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `${livePath}.${stamp}.${String(sequence).padStart(6, '0')}`;
}

/** Paths of the rotated segments, oldest first, without the live file. Also knows the names of other rotators: `trading.log.1` (higher is older) and `trading.log.<stamp>`. */
export function listSegments(livePath: string): readonly string[] {
  const folder = dirname(livePath);
  return orderSegments(namesIn(folder), basename(livePath)).map((name) => join(folder, name));
}

/** Picks the segments of a log out of a folder's names, oldest first. Pure. */
export function orderSegments(names: readonly string[], liveName: string): readonly string[] {
  const segments = names.flatMap((name) => {
    const age = name.startsWith(`${liveName}.`) ? segmentAge(name.slice(liveName.length + 1)) : undefined;
    return age === undefined ? [] : [{ name, ...age }];
  });
  const present = new Set(names);
  return segments
    .filter(({ name }) => !(name.endsWith('.gz') && present.has(uncompressedName(name))))
    .sort((left, right) => compareAges(left, right))
    .map(({ name }) => name);
}

/** Whether a segment has a name with a time (and not just a number), which no other segment ever gets. */
export function isStamped(path: string): boolean {
  return /\.\d{8}T\d{6}Z(?:\.\d+)?(?:\.gz)?$/.test(basename(path));
}

/** The name that a segment had before it was compressed. */
export function uncompressedName(path: string): string {
  return path.replace(/\.gz$/, '');
}

interface SegmentAge {
  /** `''` for numbered segments, which sort before all stamped ones. */
  readonly stamp: string;
  /** Rises with time. */
  readonly order: number;
}

function segmentAge(suffix: string): SegmentAge | undefined {
  const numbered = /^(\d{1,7})(?:\.gz)?$/.exec(suffix);
  if (numbered !== null) return { stamp: '', order: -Number(numbered[1]) };
  const stamped = /^(\d{8}T\d{6}Z)(?:\.(\d{1,12}))?(?:\.gz)?$/.exec(suffix);
  return stamped === null ? undefined : { stamp: stamped[1] ?? '', order: Number(stamped[2] ?? 0) };
}

function compareAges(left: SegmentAge, right: SegmentAge): number {
  // The count comes before the clock: a clock set back must not reorder the stream. Numbered ones have no clock and come first.
  if ((left.stamp === '') !== (right.stamp === '')) return left.stamp === '' ? -1 : 1;
  return left.order - right.order || left.stamp.localeCompare(right.stamp);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
