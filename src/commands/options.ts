import { InvalidArgumentError, Option } from 'commander';
import { BadValue } from './bad-value.js';
import type { OptionDeclaration } from './declaration.js';
import { durationOf, JSON_FLAG, WAIT_OPTION } from './values.js';

/** Options of the program that every command has, wherever they stand on the line. */
export interface GlobalFlags {
  readonly config?: string;
}

/** What commander knows of a declared option. */
export function commanderOption<T>({ flags, what, choices, parse, ...more }: OptionDeclaration<T>): Option {
  const option = new Option(flags, what);
  if (parse !== undefined) option.argParser(asArgument(parse));
  if (choices !== undefined) option.choices(choices);
  // Commander knows itself that a `--no-…` is on unless it is typed.
  if (more.value !== undefined && !option.negate) option.default(more.value, more.shownValue);
  if (more.conflicts !== undefined) option.conflicts([...more.conflicts]);
  if (more.implies !== undefined) option.implies({ ...more.implies });
  return option;
}

/** Tells commander of a bad value in its own way, so that it adds whose it was. */
function asArgument<T>(parse: (text: string, before: T) => T): (text: string, before: T) => T {
  return (text, before) => {
    try {
      return parse(text, before);
    } catch (error) {
      throw error instanceof BadValue ? new InvalidArgumentError(error.message) : error;
    }
  };
}

export const durationArgument: (text: string) => number = (text) => asArgument<number>(durationOf)(text, 0);

export function waitOption(): Option {
  return commanderOption(WAIT_OPTION);
}

export function jsonOption(): Option {
  return commanderOption(JSON_FLAG);
}
