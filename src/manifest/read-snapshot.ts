import type { Stack } from '../core/stack.js';
import { isStack } from './parse-stack.js';
import { parseJson, readStored } from './stored-stack.js';

// Apart from stack-snapshot.ts, which can validate: a bundled service that only reads would load zod with it.

/** The stack that sigctl last validated, for processes that do not read manifests. `undefined`: none, or not readable as one. */
export function readSnapshot(home: string): Stack | undefined {
  const stored = readStored(home);
  const stack = stored && parseJson(stored.stackText);
  return isStack(stack) ? stack : undefined;
}
