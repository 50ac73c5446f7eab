import { z } from 'zod';
import { JSON_SCHEMA_VERSION } from '../../../src/render/json.js';

export const text = z.string();
export const texts = z.array(text);
export const textOrNull = text.nullable();
export const count = z.int().nonnegative();
export const countOrNull = count.nullable();
export const pid = z.int().positive().describe('process id');
export const pidOrNull = pid.nullable();
export const ms = z.number().nonnegative().describe('milliseconds');
export const msOrNull = ms.nullable();
export const atMs = z.number().describe('an instant: milliseconds since 1970, UTC');
export const bytes = z.int().nonnegative().describe('bytes');
export const bytesOrNull = bytes.nullable();
export const instant = text.describe('an instant, ISO 8601, UTC');
/** What stands in no contract: it may hold anything. */
export const open = z.looseObject({});

/** A document that `--json` prints, with its version. */
export function document<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object({
    schemaVersion: z.literal(JSON_SCHEMA_VERSION).describe('rises when a field changes its meaning or goes'),
    ...shape,
  });
}

/** What any command prints on stdout instead, when it is refused or fails as a whole. */
export const errorDocument = document({
  ok: z.literal(false),
  error: z.object({
    code: text.regex(/^[A-Z][A-Z0-9_]+$/).describe('stable: scripts match this'),
    message: text,
    hint: text.describe('what to do next, as a command where there is one'),
  }),
}).describe('an error');
