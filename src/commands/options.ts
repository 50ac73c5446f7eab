import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../core/duration.js';

/** Options of the program that every command has, wherever they stand on the line. */
export interface GlobalFlags {
  readonly config?: string;
}

/** How long a command waits for another one that changes the stack. */
export const DEFAULT_WAIT = '2m';

export function waitOption(): Option {
  return new Option('--wait <duration>', 'how long to wait for another sigctl command; 0 refuses at once')
    .default(parseDuration(DEFAULT_WAIT), DEFAULT_WAIT)
    .argParser(durationArgument);
}

/** Parses `30s`, `2m`, `0`; a bare number is seconds, as people type it. */
export function durationArgument(text: string): number {
  const ms = parseDuration(/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a duration such as 30s, 2m or 0.');
  return ms;
}

export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON').default(false);
}
