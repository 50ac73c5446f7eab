import { parsePattern } from '../core/grep-pattern.js';
import { INSTANT_FORMS, parseInstant } from '../core/instant.js';
import type { LogLevel } from '../core/log-level.js';
import type { FieldTest, LogQuery } from '../core/log-query.js';
import { EXIT, SigctlError } from '../errors.js';

/** The filters of a line, as typed. */
export interface FilterFlags {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly level: LogLevel | undefined;
  readonly grep: string | undefined;
  readonly ignoreCase: boolean;
  readonly field: readonly string[] | undefined;
}

/**
 * Understands the filters of `logs`.
 *
 * @throws {SigctlError} TIME_INVALID, TIMES_REVERSED, GREP_INVALID, GREP_MISSING, FIELD_INVALID, all of exit code 2
 */
export function parseFilters(flags: FilterFlags, nowMs: number): LogQuery {
  const sinceMs = flags.since === undefined ? undefined : parseTime('--since', flags.since, nowMs);
  const untilMs = flags.until === undefined ? undefined : parseTime('--until', flags.until, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && untilMs < sinceMs) {
    throw wrongUse(
      'TIMES_REVERSED',
      `Cannot show lines since "${flags.since}" until "${flags.until}": that end lies before the start`,
      `For example: sigctl logs --since 2h --until 90m`,
    );
  }
  if (flags.ignoreCase && flags.grep === undefined) {
    throw wrongUse(
      'GREP_MISSING',
      'Cannot use "--ignore-case" without "--grep"',
      'For example: sigctl logs --grep timeout --ignore-case',
    );
  }
  return {
    sinceMs,
    untilMs,
    minLevel: flags.level,
    grep: flags.grep === undefined ? undefined : parseGrep(flags.grep, flags.ignoreCase),
    fields: (flags.field ?? []).map(parseField),
  };
}

function parseTime(option: '--since' | '--until', text: string, nowMs: number): number {
  const atMs = parseInstant(text, nowMs);
  if (atMs !== undefined) return atMs;
  throw wrongUse(
    'TIME_INVALID',
    `Cannot use ${JSON.stringify(text)} as ${option}: expected a time`,
    `For example: sigctl logs ${option} 10m (also ${INSTANT_FORMS})`,
  );
}

function parseGrep(text: string, ignoreCase: boolean): RegExp {
  const parsed = parsePattern(text, { ignoreCase });
  if (parsed.ok) return parsed.pattern;
  const why = `${parsed.why.charAt(0).toLowerCase()}${parsed.why.slice(1)}`;
  throw wrongUse(
    'GREP_INVALID',
    `Cannot use ${JSON.stringify(text)} as --grep: ${why} at character ${parsed.at + 1}: ${JSON.stringify(text.slice(parsed.at))}`,
    `For example: sigctl logs --grep 'order (filled|rejected)'; a character that is meant as it stands has a backslash before it: 'f\\(x\\)'`,
  );
}

function parseField(text: string): FieldTest {
  const equals = text.indexOf('=');
  if (equals > 0) return { path: text.slice(0, equals), value: text.slice(equals + 1) };
  throw wrongUse(
    'FIELD_INVALID',
    `Cannot use ${JSON.stringify(text)} as --field: expected name=value`,
    'For example: sigctl logs --field symbol=XBTUSD --field fill.side=buy',
  );
}

function wrongUse(code: string, message: string, hint: string): SigctlError {
  return new SigctlError(message, { code, hint, exitCode: EXIT.usage });
}
