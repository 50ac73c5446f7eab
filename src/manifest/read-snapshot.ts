import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../core/stack.js';
import { isRecord } from './copy-plain.js';
import { isStack } from './parse-stack.js';
import { LOOKUP_KINDS, type Lookup } from './surroundings.js';

// Apart from stack-snapshot.ts, which can validate: a bundled service that only reads would load zod with it.

/** `stack.json`. It holds variables of the services, so that only its owner may read it. */
export interface Snapshot {
  /** Everything that went into validation, but the lookups. */
  readonly key: string;
  readonly lookups: readonly Lookup[];
  readonly stack: Stack;
}

/** The stack that sigctl last validated, for processes that do not read manifests. `undefined`: none, or not readable as one. */
export function readSnapshot(home: string): Stack | undefined {
  return readSnapshotFile(home)?.stack;
}

export function readSnapshotFile(home: string): Snapshot | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(snapshotPath(home), 'utf8'));
    return isSnapshot(value) ? value : undefined;
  } catch {
    // Missing or torn: it is a cache, and the manifest has the truth.
    return undefined;
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  if (!isRecord(value) || typeof value['key'] !== 'string' || !isStack(value['stack'])) return false;
  return Array.isArray(value['lookups']) && value['lookups'].every(isLookup);
}

function isLookup(value: unknown): value is Lookup {
  if (!isRecord(value) || typeof value['subject'] !== 'string' || typeof value['answer'] !== 'string') return false;
  return LOOKUP_KINDS.some((kind) => kind === value['kind']);
}

export function snapshotPath(home: string): string {
  return join(home, 'stack.json');
}
