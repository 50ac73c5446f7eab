import type { ArgumentDeclaration, Declaration, OptionDeclaration, ParsedLine } from '../commands/declaration.js';

/** Flags of the program that a plain line may have. The terminal obeys the first. */
const NO_COLOUR = '--no-color';
const CONFIG = ['-c', '--config'];

/**
 * Reads a line that means what it says: names, flags and values, each a word of its own, and all of them right. Any other line is
 * commander's, which also tells what is wrong with it.
 *
 * @param typed The words behind the name of the command.
 * @returns `undefined` when it is no such line.
 */
export function readPlainLine(
  { argument, options }: Pick<Declaration, 'argument' | 'options'>,
  typed: readonly string[],
): ParsedLine<Readonly<Record<string, unknown>>> | undefined {
  const flags = new Map(Object.entries(options).map(([name, { value }]) => [name, value]));
  const words: string[] = [];
  let config: string | undefined;
  const rest = typed.values();
  for (const word of rest) {
    if (word === NO_COLOUR) continue;
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    if (CONFIG.includes(word)) {
      config = rest.next().value;
      if (config === undefined || config.startsWith('-')) return undefined;
      continue;
    }
    const found = Object.entries(options).find(([, option]) => spellings(option).includes(word));
    if (found === undefined) return undefined;
    const [name, option] = found;
    // Commander weighs them against the others.
    if (option.conflicts !== undefined || option.implies !== undefined) return undefined;
    const read = takesValue(option)
      ? readValue(option, rest.next().value, flags.get(name))
      : { value: !word.startsWith('--no-') };
    if (read === undefined) return undefined;
    flags.set(name, read.value);
  }
  const named = nameWords(argument, words);
  return named === undefined ? undefined : { words: named, flags: Object.fromEntries(flags), config };
}

/** `-n` and `--lines` of `-n, --lines <number>`. */
function spellings({ flags }: OptionDeclaration<unknown>): readonly string[] {
  return flags.split(/[ ,]+/).filter((part) => part.startsWith('-'));
}

function takesValue({ flags }: OptionDeclaration<unknown>): boolean {
  return flags.endsWith('>');
}

/** @returns `undefined` where there is none, or none that the option takes. */
function readValue(
  { choices, parse }: OptionDeclaration<unknown>,
  text: string | undefined,
  before: unknown,
): { readonly value: unknown } | undefined {
  if (text === undefined || text.startsWith('-') || choices?.includes(text) === false) return undefined;
  try {
    return { value: parse === undefined ? text : parse(text, before) };
  } catch {
    // Commander comes upon it again, and tells.
    return undefined;
  }
}

/** The words as `run` gets them; `undefined` where there are too few, too many or wrong ones. */
function nameWords(argument: ArgumentDeclaration | undefined, words: readonly string[]): readonly string[] | undefined {
  const { syntax = '', choices, value } = argument ?? {};
  const most = argument === undefined ? 0 : syntax.includes('...') ? Number.POSITIVE_INFINITY : 1;
  const least = syntax.startsWith('<') ? 1 : 0;
  if (words.length < least || words.length > most) return undefined;
  if (choices !== undefined && !words.every((word) => choices.includes(word))) return undefined;
  return words.length === 0 && value !== undefined ? [value] : words;
}
