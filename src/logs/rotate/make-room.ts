import { rmSync, statSync } from 'node:fs';
import { type LogPart, pickAboveTotal, pickForSpace } from '../../core/log-retention.js';
import { readWritten } from '../../process/file-writers.js';
import { isStamped } from '../segments.js';
import type { KeptLog } from './kept-logs.js';
import { readParts } from './rotation-files.js';

export interface Removed {
  readonly files: number;
  readonly bytes: number;
}

/** The segments of several logs, each list oldest first, and which of them are still written to: one look at `/proc` for all. */
export function readSegments(logs: readonly KeptLog[]): ReadonlyMap<KeptLog, readonly LogPart[]> {
  const parts = logs.map((log) => ({ log, parts: readParts(log.path) }));
  const plain = parts.flatMap((entry) => entry.parts.map(({ path }) => path).filter((path) => !path.endsWith('.gz')));
  const written = readWritten(plain);
  return new Map(
    parts.map((entry) => [entry.log, entry.parts.map((part) => ({ ...part, inUse: written.has(part.path) }))]),
  );
}

/** Removes the oldest segments of a log until it keeps to its total. */
export function enforceTotal(log: KeptLog, parts: readonly LogPart[]): Removed {
  const liveBytes = statSync(log.path, { throwIfNoEntry: false })?.size ?? 0;
  return remove(pickAboveTotal(parts, liveBytes, log.policy.keepBytes));
}

/** Removes the oldest segments of all logs until so many bytes are free, or none is left. */
export function freeSpace(logs: readonly (readonly LogPart[])[], missingBytes: number): Removed {
  return remove(pickForSpace(logs, missingBytes));
}

/** Segments that are finished and not compressed yet, oldest first. Those of other rotators are theirs to compress. */
export function compressible(log: KeptLog, parts: readonly LogPart[]): readonly LogPart[] {
  if (!log.policy.gzip) return [];
  return parts.filter(({ path, inUse }) => !inUse && isStamped(path) && !path.endsWith('.gz'));
}

function remove(parts: readonly LogPart[]): Removed {
  for (const { path } of parts) rmSync(path, { force: true });
  return { files: parts.length, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}
