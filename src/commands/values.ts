import { formatLimit, parseDuration } from '../core/duration.js';
import { BadValue } from './bad-value.js';
import type { OptionDeclaration } from './declaration.js';

// Options and values that several commands have.

/** How long a command waits for another one that changes the stack. */
const DEFAULT_WAIT_MS = 120_000;

export const JSON_FLAG: OptionDeclaration<boolean> = {
  flags: '--json',
  what: 'print the result as JSON',
  value: false,
};

/** In milliseconds. */
export const WAIT_OPTION: OptionDeclaration<number> = {
  flags: '--wait <duration>',
  what: 'how long to wait for another sigctl command; 0 refuses at once',
  value: DEFAULT_WAIT_MS,
  shownValue: formatLimit(DEFAULT_WAIT_MS),
  parse: durationOf,
};

/** Parses `30s`, `2m`, `0` to milliseconds; a bare number is seconds, as people type it. @throws {BadValue} */
export function durationOf(text: string): number {
  const ms = parseDuration(/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text);
  if (ms === undefined) throw new BadValue('Expected a duration such as 30s, 2m or 0.');
  return ms;
}

/** @throws {BadValue} */
export function wholeNumberOf(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new BadValue('Expected a whole number.');
}
