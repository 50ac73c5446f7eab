import pino, { type Logger } from 'pino';
import type { LineSink } from './stdout.js';

const DEFAULT_LEVEL = 'info';

/** A pino logger that writes each line before it returns. An unknown level counts as `info`, and the first line says so. */
export function createLogger(
  options: {
    readonly service: string;
    readonly instance: string;
    readonly pid: number;
    readonly level: string | undefined;
  },
  sink: LineSink,
): Logger {
  const wanted = options.level ?? DEFAULT_LEVEL;
  const known = wanted === 'silent' || Object.hasOwn(pino.levels.values, wanted);
  const base = { service: options.service, instance: options.instance, pid: options.pid };
  const log = pino({ base, level: known ? wanted : DEFAULT_LEVEL }, sink);
  if (!known)
    log.warn(
      `LOG_LEVEL is "${wanted}": using "${DEFAULT_LEVEL}", one of ${Object.keys(pino.levels.values).join(', ')}`,
    );
  return log;
}
