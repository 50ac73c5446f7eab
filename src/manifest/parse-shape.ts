import type * as z from 'zod';
import { nearest } from '../core/nearest.js';
import { copyPlain, isRecord } from './copy-plain.js';
import { describeFound, describeType } from './describe-found.js';

/** A fault whose path begins at the parsed value. */
export interface ShapeFault {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly expected: string;
}

export interface ShapeRules {
  /** Keys that a block at this path (joined by dots) may have. */
  readonly keysAt: (path: string) => readonly string[];
  /** Where a key that is unknown at this path belongs instead, in words. */
  readonly homeOf: (path: string, key: string) => string | undefined;
  /** First keys under which no value is ever shown. */
  readonly secret: readonly string[];
}

/**
 * Parses as much of `raw` as is sound: the faulty parts are reported and cut out, so that the checks that follow see
 * everything else and all faults can be listed at once.
 *
 * @throws {Error} When cutting does not help, that is when `schema` refuses `{}`.
 */
export function parseShape<S extends z.ZodType>(
  schema: S,
  raw: Readonly<Record<string, unknown>>,
  rules: ShapeRules,
): { readonly value: z.output<S>; readonly faults: readonly ShapeFault[] } {
  const first = schema.safeParse(raw);
  if (first.success) return { value: first.data, faults: [] };
  const faults = first.error.issues.flatMap((issue) => faultsOf(issue, raw, rules));
  return { value: parseSound(schema, raw, first.error.issues), faults };
}

type Issue = z.core.$ZodIssue;

function parseSound<S extends z.ZodType>(
  schema: S,
  raw: Readonly<Record<string, unknown>>,
  issues: Issue[],
): z.output<S> {
  const sound = copyPlain(raw);
  let remaining = issues;
  while (isRecord(sound) && remaining.length > 0) {
    // From the last to the first: cutting an element of a list moves those behind it.
    for (const path of remaining.flatMap(cutsOf).reverse()) cut(sound, path);
    const result = schema.safeParse(sound);
    if (result.success) return result.data;
    if (Object.keys(sound).length === 0) break;
    remaining = result.error.issues;
  }
  throw new Error('The schema refuses what is left after its own faults are cut out');
}

function cutsOf(issue: Issue): PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

/** Deletes the value at `path`; where nothing stands (a required key is missing) the block around it goes. */
function cut(root: unknown, path: readonly PropertyKey[]): void {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  if (key === undefined) return;
  if (Array.isArray(parent) && typeof key === 'number') parent.splice(key, 1);
  else if (isRecord(parent) && Object.hasOwn(parent, key)) Reflect.deleteProperty(parent, key);
  else cut(root, path.slice(0, -1));
}

function faultsOf(issue: Issue, raw: unknown, rules: ShapeRules): ShapeFault[] {
  if (issue.code === 'unrecognized_keys') {
    const block = issue.path.join('.');
    return issue.keys.map((key) => unknownKey(issue.path, key, rules.keysAt(block), rules.homeOf(block, key)));
  }
  const describe = rules.secret.includes(String(issue.path[0])) ? describeType : describeFound;
  return [{ path: issue.path, found: describe(valueAt(raw, issue.path)), expected: issue.message }];
}

/** A list for one line of a terminal. */
const MAX_LISTED_KEYS = 12;

/** The value of an unknown key stays unsaid: it may be a variable that slipped out of its block. */
export function unknownKey(
  path: readonly PropertyKey[],
  key: string,
  known: readonly string[],
  home?: string | undefined,
): ShapeFault {
  const near = nearest(key, known);
  const listed =
    known.length > MAX_LISTED_KEYS ? 'a key of PM2\'s apps, or the block "sigctl"' : `one of ${known.join(', ')}`;
  const expected = home ?? (near === undefined ? listed : `"${near}"`);
  return { path: [...path, key], found: 'an unknown key', expected };
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isRecord(value) && typeof key === 'string' ? value[key] : undefined;
  }, root);
}
