import { isRecord } from './is-record.js';
import { type LogLevel, levelRank } from './log-level.js';
import type { ParsedLine } from './log-line.js';

/** A field of a JSON line and the value that it must have. */
export interface FieldTest {
  /** A name, or names joined by dots: `fill.price`. */
  readonly path: string;
  readonly value: string;
}

/** Which lines of a log are wanted. What is left out wants nothing. */
export interface LogQuery {
  /** Epoch milliseconds, inclusive. */
  readonly sinceMs?: number | undefined;
  /** Epoch milliseconds, inclusive. */
  readonly untilMs?: number | undefined;
  /** This level and more urgent ones. */
  readonly minLevel?: LogLevel | undefined;
  /** Searched in the line as it was written. Without the flags `g` and `y`, which make a test remember its place. */
  readonly grep?: RegExp | undefined;
  /** All of them. */
  readonly fields?: readonly FieldTest[] | undefined;
}

/** What the lines before a line say, for one that says it not itself: the lines of a stack trace. */
export interface LineContext {
  readonly atMs: number | undefined;
  readonly level: string | undefined;
}

/** Whether it wants less than every line. */
export function isSelective(query: LogQuery): boolean {
  return selectsByContent(query) || query.sinceMs !== undefined || query.untilMs !== undefined;
}

/** Whether it looks at more than the times of lines. */
export function selectsByContent({ minLevel, grep, fields = [] }: LogQuery): boolean {
  return minLevel !== undefined || grep !== undefined || fields.length > 0;
}

/**
 * Whether a line is wanted. A line of plain text without a time has that of the line before it, and likewise its level; a
 * line of which no time is known is within any times.
 */
export function matchesQuery(query: LogQuery, line: ParsedLine, before: LineContext): boolean {
  const { sinceMs, untilMs, minLevel, grep, fields = [] } = query;
  if (grep !== undefined && !grep.test(line.raw)) return false;
  const { atMs, level } = contextAfter(line, before);
  if (atMs !== undefined && ((sinceMs !== undefined && atMs < sinceMs) || (untilMs !== undefined && atMs > untilMs)))
    return false;
  if (minLevel !== undefined && (level === undefined || levelRank(level) < levelRank(minLevel))) return false;
  return fields.every((test) => matchesField(line, test));
}

/** What a line means for the lines after it. */
export function contextAfter({ atMs, level, json }: ParsedLine, before: LineContext): LineContext {
  const continues = !json && atMs === undefined && level === undefined;
  return { atMs: atMs ?? before.atMs, level: continues ? before.level : level };
}

function matchesField(line: ParsedLine, { path, value }: FieldTest): boolean {
  if (!line.json) return false;
  // These two are not among the fields, as loggers name them in many ways.
  if (path === 'level' && line.level === value) return true;
  if (path === 'msg' && line.msg === value) return true;
  return valuesAt(line.fields, path).some((found) => hasValue(found, value));
}

/** A name with dots in it may be one field, as in `{"log.level": …}`, or lead into objects, also those of a list. */
function valuesAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value.filter(isRecord).flatMap((item) => valuesAt(item, path));
  if (!isRecord(value)) return [];
  const found: unknown[] = Object.hasOwn(value, path) ? [value[path]] : [];
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (Object.hasOwn(value, head)) found.push(...valuesAt(value[head], path.slice(dot + 1)));
  }
  return found;
}

/** Of a list, one item is enough. */
function hasValue(found: unknown, value: string): boolean {
  return Array.isArray(found) ? found.some((item) => isScalar(item, value)) : isScalar(found, value);
}

function isScalar(found: unknown, value: string): boolean {
  return (typeof found !== 'object' || found === null) && String(found) === value;
}
