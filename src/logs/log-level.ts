import { LOG_LEVELS, type LogLevel } from '../core/log-level.js';

/** Other loggers' words for the same levels. */
const ALIASES: Readonly<Record<string, LogLevel>> = {
  verbose: 'debug',
  fine: 'debug',
  silly: 'trace',
  information: 'info',
  notice: 'info',
  log: 'info',
  warning: 'warn',
  err: 'error',
  severe: 'error',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
};

const LONGEST_WORD = 16;

const ESCAPE = '\u001b';
const COLOUR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');

/** A level as one of `trace debug info warn error fatal`: pino's numbers (custom ones count as the level below) and other loggers' words. A strange short word stays as it is. */
export function normalizeLevel(value: unknown): string | undefined {
  if (typeof value === 'number') return levelOfNumber(value);
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (/^\d{1,3}$/.test(word)) return levelOfNumber(Number(word));
  if (!/^[a-z][a-z0-9_-]*$/.test(word) || word.length > LONGEST_WORD) return undefined;
  return Object.hasOwn(ALIASES, word) ? ALIASES[word] : word;
}

/** pino and bunyan: 10 trace, 20 debug, … 60 fatal. */
function levelOfNumber(level: number): string | undefined {
  if (!(level > 0)) return undefined;
  return LOG_LEVELS[Math.min(LOG_LEVELS.length, Math.max(1, Math.floor(level / 10))) - 1];
}

/** `2026-11-22 14:45:11,123 - root - WARNING - …`, `[error] …`, `level=warn`: near the start, where loggers put it. */
const NEAR_START_CHARACTERS = 100;
const WORDS = [...LOG_LEVELS, ...Object.keys(ALIASES)].join('|');
const BY_NAME = new RegExp(`\\b(?:level|lvl|severity)="?(${WORDS})\\b`, 'i');
const IN_BRACKETS = new RegExp(`[[(<](${WORDS})[\\])>]`, 'i');
/** Unmarked, only in capitals: "error" and "log" are ordinary words. */
const IN_CAPITALS = new RegExp(`(?<![\\w./-])(${WORDS.toUpperCase()})(?![\\w./-])`);

/**
 * The level that a line of plain text states near its start: by name, or, without a time before it, as its first word.
 *
 * @param hasTime Whether the line begins with a time.
 */
export function leadingLevel(line: string, hasTime: boolean): string | undefined {
  const head = withoutColours(line.slice(0, NEAR_START_CHARACTERS));
  const named = BY_NAME.exec(head);
  if (named !== null) return normalizeLevel(named[1]);
  for (const pattern of [IN_BRACKETS, IN_CAPITALS]) {
    const match = pattern.exec(head);
    if (match !== null && (hasTime || match.index === 0)) return normalizeLevel(match[1]);
  }
  return undefined;
}

function withoutColours(text: string): string {
  return text.includes(ESCAPE) ? text.replaceAll(COLOUR, '') : text;
}
