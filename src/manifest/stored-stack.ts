import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../core/stack.js';
import { isRecord } from './copy-plain.js';
import { LOOKUP_KINDS, type Lookup } from './surroundings.js';

// Apart from read-snapshot.ts, which looks at every value: a command that looks need not load that.

/** What a validated stack was made from. */
export interface Origin {
  /** Everything that went into validation, but the lookups. */
  readonly key: string;
  readonly lookups: readonly Lookup[];
}

/** `stack.json`: a line of JSON that tells its origin and its length, and the stack itself. For its owner alone, as it holds variables of the services. */
export interface StoredStack {
  readonly origin: Origin;
  readonly stackText: string;
}

/**
 * The stack that sigctl last validated, where its origin is the one that is asked for. Then this very version of sigctl wrote it, and it
 * is there whole: what it holds is not looked at again, which would take longer than all services of a large stack.
 */
export function readSnapshotOf(home: string, isWanted: (origin: Origin) => boolean): Stack | undefined {
  const stored = readStored(home);
  if (stored === undefined || !isWanted(stored.origin)) return undefined;
  const stack = parseJson(stored.stackText);
  return isOwnWriting(stack) ? stack : undefined;
}

/** What a file of that stack holds. */
export function snapshotText(origin: Origin, stack: Stack): string {
  const stackText = JSON.stringify(stack);
  return `${JSON.stringify({ ...origin, length: stackText.length })}\n${stackText}`;
}

export function snapshotPath(home: string): string {
  return join(home, 'stack.json');
}

/** `undefined`: there is none, or no whole one. */
export function readStored(home: string): StoredStack | undefined {
  let text: string;
  try {
    text = readFileSync(snapshotPath(home), 'utf8');
  } catch {
    // It is a cache, and the manifest has the truth.
    return undefined;
  }
  const end = text.indexOf('\n');
  const head = parseJson(text.slice(0, end));
  const stackText = text.slice(end + 1);
  return isHead(head) && head.length === stackText.length ? { origin: head, stackText } : undefined;
}

/** `undefined`: torn, or written by somebody else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOwnWriting(value: unknown): value is Stack {
  return isRecord(value);
}

function isHead(value: unknown): value is Origin & { readonly length: number } {
  if (!isRecord(value) || typeof value['key'] !== 'string' || typeof value['length'] !== 'number') return false;
  return Array.isArray(value['lookups']) && value['lookups'].every(isLookup);
}

function isLookup(value: unknown): value is Lookup {
  if (!isRecord(value) || typeof value['subject'] !== 'string' || typeof value['answer'] !== 'string') return false;
  return LOOKUP_KINDS.some((kind) => kind === value['kind']);
}
