import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LogPart } from '../../core/log-retention.js';
import { codeOf, isMissing } from '../file-errors.js';
import { orderSegments } from '../segments.js';

/** What is being made and not published: a copy of the live file, or an archive. */
const PART = '.part';

export const partPath = (target: string): string => `${target}${PART}`;

/** Where a rotation that is under way is written down (journal.ts). */
export const journalPath = (livePath: string): string => `${livePath}.rotating`;

/** The rotated segments of a log with their sizes, oldest first. */
export function readParts(livePath: string): readonly Omit<LogPart, 'inUse'>[] {
  const folder = dirname(livePath);
  return orderSegments(namesIn(folder), basename(livePath)).flatMap((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ path, bytes: stats.size, writtenAtMs: stats.mtimeMs }] : [];
  });
}

/** Removes what a rotator that was killed left unfinished. Only names that a rotation makes. */
export function removeUnfinished(livePath: string): void {
  const folder = dirname(livePath);
  const name = basename(livePath);
  for (const candidate of namesIn(folder)) {
    if (!candidate.startsWith(`${name}.`) || !candidate.endsWith(PART)) continue;
    const finished = candidate.slice(0, -PART.length);
    if (orderSegments([finished], name).length === 1) rmSync(join(folder, candidate), { force: true });
  }
}

/** The number in the name of a segment (segments.ts); `undefined` for those of other rotators. */
export function sequenceOf(path: string): number | undefined {
  const digits = /\.\d{8}T\d{6}Z\.(\d{1,12})(?:\.gz)?$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Makes a rename or a new file in this folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot; there is nothing better to be had on them.
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

export function exists(path: string): boolean {
  return existsSync(path);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
