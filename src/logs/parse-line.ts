import type { ParsedLine } from '../core/log-line.js';
import { leadingLevel, normalizeLevel } from './log-level.js';
import { leadingTime, parseLogTime } from './log-time.js';

/** The first of these that holds a usable value counts. pino's names first. */
const TIME_KEYS = ['time', 'timestamp', '@timestamp', 'ts', 'datetime', 'date'];
const LEVEL_KEYS = ['level', 'severity', 'lvl', 'levelname', 'log.level', 'loglevel'];
const MESSAGE_KEYS = ['msg', 'message', 'event', 'text'];

/** A longer line is text, whatever it begins with: parsing it would cost more than reading it. */
const MAX_JSON_CHARACTERS = 256 * 1024;

/**
 * Understands one line of a log: JSON of pino and of other loggers, plain text with or without a leading ISO time.
 * Never throws and never runs long, whatever the line holds; what is not understood is a message.
 */
export function parseLine(raw: string): ParsedLine {
  const object = parseObject(raw);
  if (object === undefined) {
    const atMs = leadingTime(raw);
    return { atMs, level: leadingLevel(raw, atMs !== undefined), msg: raw, fields: {}, raw, json: false };
  }
  const time = pick(object, TIME_KEYS, parseLogTime);
  const level = pick(object, LEVEL_KEYS, normalizeLevel);
  const message = pick(object, MESSAGE_KEYS, (value) => (typeof value === 'string' ? value : undefined));
  return {
    atMs: time.value,
    level: level.value,
    msg: message.value ?? '',
    fields: without(object, [time.key, level.key, message.key]),
    raw,
    json: true,
  };
}

/** fromEntries defines own properties: a key "__proto__" in a log stays a plain field. */
function without(
  object: Readonly<Record<string, unknown>>,
  used: readonly (string | undefined)[],
): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  for (const key of Object.keys(object)) if (!used.includes(key)) entries.push([key, object[key]]);
  return Object.fromEntries(entries);
}

function parseObject(raw: string): Readonly<Record<string, unknown>> | undefined {
  if (!raw.startsWith('{') || !raw.endsWith('}') || raw.length > MAX_JSON_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return isObject(value) ? value : undefined;
  } catch {
    // Text that happens to begin with a brace, or a line that was cut.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick<T>(
  object: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  read: (value: unknown) => T | undefined,
): { readonly key: string | undefined; readonly value: T | undefined } {
  for (const key of keys) {
    const value = Object.hasOwn(object, key) ? read(object[key]) : undefined;
    if (value !== undefined) return { key, value };
  }
  return { key: undefined, value: undefined };
}
