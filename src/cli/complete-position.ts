import type { Argument, Command, Option } from 'commander';

/** What the word under the cursor can be. `start` is what it begins with already. */
export type Position =
  | { readonly kind: 'command'; readonly start: string }
  | { readonly kind: 'option'; readonly start: string; readonly used: readonly string[] }
  /** `prefix` is the part of the word that stays: `--shell=` where the shell does not split there. */
  | { readonly kind: 'value'; readonly start: string; readonly option: Option; readonly prefix: string }
  | {
      readonly kind: 'argument';
      readonly start: string;
      readonly argument: Argument;
      readonly given: readonly string[];
    }
  | { readonly kind: 'nothing' };

interface Scan {
  readonly operands: readonly string[];
  readonly used: readonly string[];
  /** The option whose value comes next. */
  readonly open: Option | undefined;
  /** After `--` nothing is an option. */
  readonly isLiteral: boolean;
}

/** Pure. @param words What was typed after `sigctl`, the word under the cursor last. @param options Those that may come next. */
export function findPosition(
  words: readonly string[],
  command: Command | undefined,
  options: readonly Option[],
): Position {
  const joined = joinValues(words);
  const start = joined.at(-1) ?? '';
  const { operands, used, open, isLiteral } = scan(joined.slice(0, -1), options);
  if (open !== undefined) return { kind: 'value', start, option: open, prefix: '' };
  if (start.startsWith('-') && !isLiteral) return optionPosition(start, used, options, words.at(-1) !== start);
  if (operands.length === 0) return { kind: 'command', start };
  const given = operands.slice(1);
  const known = command?.registeredArguments ?? [];
  const argument = known[given.length] ?? known.find(({ variadic }) => variadic);
  return argument === undefined ? { kind: 'nothing' } : { kind: 'argument', start, argument, given };
}

function optionPosition(
  start: string,
  used: readonly string[],
  options: readonly Option[],
  isSplit: boolean,
): Position {
  const equals = start.indexOf('=');
  if (equals < 0) return { kind: 'option', start, used };
  const option = options.find(({ long }) => long === start.slice(0, equals));
  const prefix = isSplit ? '' : start.slice(0, equals + 1);
  return option === undefined ? { kind: 'nothing' } : { kind: 'value', start: start.slice(equals + 1), option, prefix };
}

/** bash takes `--shell=zsh` apart at the equals sign: three words, or two while the value is empty. */
function joinValues(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const [index, word] of words.entries()) {
    const last = joined.at(-1) ?? '';
    const belongs = word === '=' ? last.startsWith('--') : words[index - 1] === '=' && last.endsWith('=');
    if (belongs) joined.splice(-1, 1, `${last}${word}`);
    else joined.push(word);
  }
  return joined;
}

function scan(words: readonly string[], options: readonly Option[]): Scan {
  const start: Scan = { operands: [], used: [], open: undefined, isLiteral: false };
  return words.reduce((so, word) => step(so, word, options), start);
}

function step(so: Scan, word: string, options: readonly Option[]): Scan {
  if (so.open !== undefined) return { ...so, open: undefined };
  if (so.isLiteral || !word.startsWith('-') || word === '-') return { ...so, operands: [...so.operands, word] };
  if (word === '--') return { ...so, isLiteral: true };
  const [flag = word] = word.split('=');
  const option = options.find(({ long, short }) => long === flag || short === flag);
  const open = option?.required === true && flag === word ? option : undefined;
  return { ...so, used: [...so.used, option?.long ?? flag], open };
}
