const STANDARD = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Other loggers' words for the same levels. */
const ALIASES: Readonly<Record<string, (typeof STANDARD)[number]>> = {
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
  return STANDARD[Math.min(STANDARD.length, Math.max(1, Math.floor(level / 10))) - 1];
}
