/** From the least to the most urgent. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

const RANKS = new Map<string, number>(LOG_LEVELS.map((level, rank) => [level, rank]));

/** How urgent a level is, from 0. A writer's own word (`audit`, `success`) counts as `info`. */
export function levelRank(level: string): number {
  return RANKS.get(level) ?? LOG_LEVELS.indexOf('info');
}
