import type { LogRecord } from '../core/log-line.js';

/** Written by every pino logger and of no use to a reader. */
const NOISE = new Set(['pid', 'hostname', 'v']);
/** Repeat what the prefix says. */
const IDENTITY = { name: 'service', service: 'service', instance: 'instance' } as const;
const ERROR_KEYS = new Set(['err', 'error', 'exception']);

export interface LogFields {
  /** Names and values, ready to be joined with `=`. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** A stack trace with its newlines, for lines of their own. */
  readonly stack: string | undefined;
}

/** What a JSON line says besides time, level and message, as text. An error's stack comes apart from the rest. */
export function describeFields(record: LogRecord): LogFields {
  const pairs: (readonly [name: string, value: string])[] = [];
  let stack: string | undefined;
  for (const [name, value] of Object.entries(record.fields)) {
    if (isRepeated(record, name, value)) continue;
    if (name === 'stack' && typeof value === 'string') stack = value;
    else if (ERROR_KEYS.has(name) && isObject(value)) {
      const error = describeError(name, value);
      pairs.push(...error.pairs);
      stack = error.stack ?? stack;
    } else pairs.push([name, describeValue(value)]);
  }
  return { pairs: pairs.map(([name, value]) => [describeName(name), value]), stack };
}

function describeName(name: string): string {
  return /^[\w.@-]+$/.test(name) ? name : JSON.stringify(name);
}

/** A value as one word, or quoted as JSON where it has spaces, quotes or control characters. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"\\\p{Cc}]+$/u.test(value)) return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Nested so deeply that it cannot be printed; the line itself is in the file.
    return '…';
  }
}

function isRepeated(record: LogRecord, name: string, value: unknown): boolean {
  if (NOISE.has(name)) return true;
  if (name !== 'name' && name !== 'service' && name !== 'instance') return false;
  return value === record[IDENTITY[name]];
}

function describeError(name: string, error: Readonly<Record<string, unknown>>): LogFields {
  const { type, message, stack, ...rest } = error;
  const pairs = Object.entries(rest).map(([key, value]): [string, string] => [`${name}.${key}`, describeValue(value)]);
  if (typeof stack === 'string') return { pairs, stack };
  const title = [type, message].filter((part) => typeof part === 'string').join(': ');
  return { pairs: title === '' ? pairs : [[name, describeValue(title)], ...pairs], stack: undefined };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
