import { segmentPath } from '../segments.js';
import type { RotationMethod } from './choose-method.js';
import { recoverRotation } from './recover.js';
import { rotateByCopy } from './rotate-by-copy.js';
import { rotateByRename } from './rotate-by-rename.js';
import { rotateInPlace } from './rotate-in-place.js';
import { readParts, sequenceOf } from './rotation-files.js';

export interface RotationRequest {
  readonly livePath: string;
  /** Of one segment, in the method that can cut where it likes. */
  readonly maxBytes: number;
  readonly method: RotationMethod;
  readonly nowMs: number;
  /** Number of the last rotation that is known, also of segments that were removed: a name is never used twice. */
  readonly lastSequence: number;
}

export type RotationOutcome =
  | { readonly kind: 'rotated'; readonly sequence: number; readonly bytes: number }
  /** There is too little to cut off. */
  | { readonly kind: 'too-small' }
  /** An earlier rotation that was broken off is not over. */
  | { readonly kind: 'busy' };

/**
 * Rotates one log once: finishes what an earlier rotation left, then moves what is in the live file into a new segment.
 *
 * @throws Error with Node's code (`ENOSPC`, `EACCES`, …), after which the log is as if nothing had been tried.
 */
export async function rotateLog(request: RotationRequest): Promise<RotationOutcome> {
  const { livePath, nowMs } = request;
  if (!(await recoverRotation(livePath))) return { kind: 'busy' };
  const known = readParts(livePath).map(({ path }) => sequenceOf(path) ?? 0);
  const sequence = Math.max(request.lastSequence, ...known) + 1;
  const segment = segmentPath(livePath, nowMs, sequence);
  try {
    const bytes = await move(request, segment);
    return bytes === 0 ? { kind: 'too-small' } : { kind: 'rotated', sequence, bytes };
  } catch (error) {
    await recoverRotation(livePath);
    throw error;
  }
}

function move({ method, livePath, maxBytes }: RotationRequest, segment: string): Promise<number> {
  switch (method) {
    case 'in-place':
      return rotateInPlace(livePath, segment, maxBytes);
    case 'rename':
      return Promise.resolve(rotateByRename(livePath, segment));
    case 'copy':
      return rotateByCopy(livePath, segment);
  }
}
