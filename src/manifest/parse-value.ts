import { parseDuration } from '../core/duration.js';
import { parseSize } from '../core/size.js';

/** A memory limit below this is a slip of the unit (`300` for `300M`) and would restart the service for ever. */
const MIN_MEMORY_LIMIT_BYTES = 1024 ** 2;

/** More on one machine is a slip of the keyboard. */
const MAX_INSTANCES = 1_000;

/** Each parser takes what a manifest may hold and returns the value in sigctl's units, or `undefined` when it is none. */
export function parseText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\0') ? value : undefined;
}

export function parseFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function parseTexts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.map(parseText).filter((text) => text !== undefined);
  return texts.length === value.length ? texts : undefined;
}

/** Milliseconds, zero included. */
export function parseDelayMs(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : undefined;
}

/** Milliseconds, more than zero. */
export function parseTimeMs(value: unknown): number | undefined {
  const ms = parseDelayMs(value);
  return ms === 0 ? undefined : ms;
}

export function parseMemoryBytes(value: unknown): number | undefined {
  const bytes = typeof value === 'string' || typeof value === 'number' ? parseSize(value) : undefined;
  return bytes !== undefined && bytes >= MIN_MEMORY_LIMIT_BYTES ? bytes : undefined;
}

/** PM2 takes numbers as text too (`instances: '2'`). */
export function parseWhole(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

export function parsePort(value: unknown): number | undefined {
  const port = parseWhole(value);
  return port !== undefined && port >= 1 && port <= 65_535 ? port : undefined;
}

export function parseCount(value: unknown): number | undefined {
  const count = parseWhole(value);
  return count !== undefined && count >= 1 ? count : undefined;
}

/** PM2's `instances`: a number (0: as many as the machine has CPUs, below: so many fewer) or `max`. */
export function parseInstances(value: unknown): number | 'max' | undefined {
  if (value === 'max') return value;
  const instances = parseWhole(value);
  return instances !== undefined && Math.abs(instances) <= MAX_INSTANCES ? instances : undefined;
}

/** Five or six fields, or croner's nicknames. `false`: PM2's `0`, no restart by the clock. */
export function parseCron(value: unknown): string | false | undefined {
  if (value === 0 || value === '0') return false;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text)) return text;
  const fields = text.split(/\s+/);
  return [5, 6].includes(fields.length) && fields.every((field) => /^[\w*/,\-?#]+$/.test(field)) ? text : undefined;
}

/** Source of a regular expression that compiles; flags have no place in it. */
export function parsePattern(value: unknown): string | undefined {
  const source = value instanceof RegExp && value.flags === '' ? value.source : parseText(value);
  if (source === undefined) return undefined;
  try {
    new RegExp(source);
    return source;
  } catch {
    // Not compiling is the answer, and the caller's expectation says so.
    return undefined;
  }
}

/** Shell-like words, or a list of them; numbers become text. */
export function parseWords(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return splitWords(value);
  if (!Array.isArray(value)) return undefined;
  const words = value.map((word) => (typeof word === 'number' ? String(word) : word));
  return words.every((word) => typeof word === 'string' && !word.includes('\0')) ? words : undefined;
}

/** Splits as `sh` does for quotes and backslashes, without expanding anything. `undefined`: a quote is left open. */
export function splitWords(text: string): string[] | undefined {
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gsy;
  const words: string[] = [];
  let word: string | undefined;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    if (match === null) return undefined;
    const [all, single, double, escaped, bare] = match;
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare;
    if (part !== undefined) word = (word ?? '') + part;
    else if (word !== undefined && /^\s/.test(all)) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
