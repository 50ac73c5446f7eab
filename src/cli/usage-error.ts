import type { Command, Option } from 'commander';
import { nearest } from '../core/nearest.js';
import { EXIT, SigctlError } from '../errors.js';
import type { RefusedLine } from './refused-line.js';
import { shellLine } from './shell-line.js';

/** What commander refused, and what was typed after `sigctl`. */
interface Line {
  /** Commander's words. It tells the option and the value nowhere else. */
  readonly text: string;
  readonly command: Command;
  readonly argv: readonly string[];
  /** Of the manifest, where it can be read. */
  readonly services: readonly string[];
}

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** By commander's codes. */
const EXPLAIN: Readonly<Record<string, (line: Line) => Explanation | undefined>> = {
  'commander.unknownCommand': unknownCommand,
  'commander.unknownOption': unknownOption,
  'commander.missingArgument': missingArgument,
  'commander.optionMissingArgument': missingValue,
  'commander.invalidArgument': invalidValue,
  'commander.excessArguments': excessArguments,
};

/** What people type who know other tools. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  delete: 'stop',
  down: 'stop',
  kill: 'stop',
  list: 'status',
  ls: 'status',
  man: 'help',
  ps: 'status',
  tail: 'logs',
  up: 'start',
};

/** Says of a line that commander refused what cannot be done, and the line that was probably meant. Exit code 2. */
export function usageError(
  { refusal, command }: RefusedLine,
  argv: readonly string[],
  services: readonly string[] = [],
): SigctlError {
  const line = { text: refusal.message, command, argv, services };
  const { message, code, hint } = EXPLAIN[refusal.code]?.(line) ?? {
    code: 'USAGE_INVALID',
    message: `Cannot run "${shellLine(argv)}": ${refusal.message.replace(/^error: /, '').replaceAll(/'([^']*)'/g, '"$1"')}`,
    hint: helpFor(command),
  };
  return new SigctlError(message, { code, hint, exitCode: EXIT.usage, cause: refusal });
}

function unknownCommand({ command, argv, services }: Line): Explanation {
  const typed = command.args[0] ?? '';
  const names = visibleCommands(command);
  const other = Object.hasOwn(OTHER_WORDS, typed) ? OTHER_WORDS[typed] : undefined;
  const meant = nearest(typed, names) ?? (other !== undefined && names.includes(other) ? other : undefined);
  return {
    code: 'COMMAND_UNKNOWN',
    message: `Cannot find command ${JSON.stringify(typed)}`,
    hint: meant === undefined ? hintAtService(typed, services) : proposeCommand(command, argv, typed, meant),
  };
}

/** Where the command that was meant needs a word that was not typed, the line would be wrong again. */
function proposeCommand(program: Command, argv: readonly string[], typed: string, meant: string): string {
  const needed = program.commands.find((candidate) => candidate.name() === meant)?.registeredArguments ?? [];
  const isWhole = argv.at(-1) !== typed || !needed.some(({ required }) => required);
  return isWhole ? didYouMean(argv, typed, meant) : `Did you mean: sigctl help ${meant}`;
}

function hintAtService(typed: string, services: readonly string[]): string {
  return services.includes(typed)
    ? `It is a service, so name a command before it: sigctl status ${typed}`
    : 'See all commands: sigctl --help';
}

function unknownOption({ text, command, argv }: Line): Explanation | undefined {
  const typed = /^error: unknown option '([\s\S]*)'$/.exec(text)?.[1];
  if (typed === undefined) return undefined;
  const [flag = typed, ...value] = typed.split('=');
  const meant = nearestOption(flag, command);
  const corrected = correct(flag, value, meant, argv[argv.indexOf(typed) + 1]);
  return {
    code: 'OPTION_UNKNOWN',
    message:
      meant?.long === flag
        ? `Cannot give "${flag}" a value: it takes none`
        : `Cannot find option ${JSON.stringify(flag)} of "${nameOf(command)}"`,
    hint:
      corrected == null ? (behindCommand(flag, command, argv) ?? helpFor(command)) : didYouMean(argv, typed, corrected),
  };
}

/** The option that was meant, with its value; `undefined` where it needs one that was not typed. */
function correct(
  flag: string,
  value: readonly string[],
  meant: Option | undefined,
  next: string | undefined,
): string | undefined {
  const { long, required = false } = meant ?? {};
  if (long == null || !required) return long ?? undefined;
  if (value.length > 0) return `${long}=${value.join('=')}`;
  if (flag.startsWith(long) && flag.length > long.length) return `${long}=${flag.slice(long.length)}`;
  return next === undefined ? undefined : long;
}

/** `--json status`: an option of the command, typed before it. */
function behindCommand(flag: string, program: Command, argv: readonly string[]): string | undefined {
  const command = program.commands.find((candidate) => argv.includes(candidate.name()));
  if (command === undefined || !knownOptions(command).some(({ long }) => long === flag)) return undefined;
  return `Put it behind the command: ${shellLine([...argv.filter((word) => word !== flag), flag])}`;
}

function missingArgument({ command }: Line): Explanation {
  const missing = command.registeredArguments.find((argument, index) => argument.required && !command.args[index]);
  const example = missing?.argChoices?.[0];
  return {
    code: 'ARGUMENT_MISSING',
    message: `Cannot run "${nameOf(command)}" without <${missing?.name() ?? 'argument'}>`,
    hint: example === undefined ? helpFor(command) : `For example: ${nameOf(command)} ${example}`,
  };
}

function missingValue(line: Line): Explanation | undefined {
  const { text, command } = line;
  const flags = /^error: option '(.*)' argument missing$/.exec(text)?.[1];
  if (flags === undefined) return undefined;
  const option = optionOf(command, flags);
  return {
    code: 'VALUE_MISSING',
    message: `Cannot use "${option?.long ?? flags}" without ${/<.*>/.exec(flags)?.[0] ?? 'a value'}`,
    hint: exampleOf(line, option),
  };
}

function invalidValue(line: Line): Explanation | undefined {
  const { text, command, argv } = line;
  const ofOption = /^error: option '(.+?)' argument '([\s\S]*)' is invalid\. ?([\s\S]*)$/.exec(text);
  const ofArgument = /^error: command-argument value '([\s\S]*)' is invalid for argument '(.+?)'\. ?([\s\S]*)$/.exec(
    text,
  );
  const [, name = '', value = '', why = ''] = ofOption ?? swapFirst(ofArgument) ?? [];
  if (name === '') return undefined;
  const option = optionOf(command, name);
  const argument = command.registeredArguments.find((candidate) => candidate.name() === name);
  const meant = nearest(value, option?.argChoices ?? argument?.argChoices ?? []);
  return {
    code: 'VALUE_INVALID',
    message: `Cannot use ${JSON.stringify(value)} as ${option?.long ?? `<${name}>`}: ${reason(why)}`,
    hint: meant === undefined ? exampleOf(line, option, value) : didYouMean(argv, value, meant),
  };
}

function swapFirst(match: RegExpExecArray | null): readonly (string | undefined)[] | undefined {
  return match === null ? undefined : [match[0], match[2], match[1], match[3]];
}

/** A clause of our own sentences: `Expected a duration.` becomes `expected a duration`. */
function reason(why: string): string {
  return why === '' ? 'it is invalid' : `${why.charAt(0).toLowerCase()}${why.slice(1).replace(/\.$/, '')}`;
}

function excessArguments({ command, argv }: Line): Explanation {
  const limit = command.registeredArguments.length;
  const excess = command.args.slice(limit);
  const rest = excess.reduceRight<readonly string[]>((words, word) => withoutLast(words, word), argv);
  const takes = ['no argument', 'one argument'][limit] ?? `${limit} arguments`;
  return {
    code: 'ARGUMENT_EXCESS',
    message: `Cannot use ${excess.map((word) => JSON.stringify(word)).join(', ')}: "${nameOf(command)}" takes ${takes}`,
    hint: `Without it: ${shellLine(rest)}`,
  };
}

function withoutLast(words: readonly string[], word: string): readonly string[] {
  const last = words.lastIndexOf(word);
  return words.filter((_, index) => index !== last);
}

/** Dashes are no letters: else every short option would be near every other one. */
function nearestOption(flag: string, command: Command): Option | undefined {
  const options = knownOptions(command);
  const meant = nearest(
    flag.replace(/^-+/, ''),
    options.flatMap(({ long }) => (long ? [long.slice(2)] : [])),
  );
  return options.find(({ long }) => long === `--${meant}`);
}

/** Those of the program too, which work behind every command. */
function knownOptions(command: Command): readonly Option[] {
  const inherited = command.parent === null ? [] : knownOptions(command.parent);
  return [...command.createHelp().visibleOptions(command), ...inherited];
}

function optionOf(command: Command, flags: string): Option | undefined {
  return (
    command.options.find((option) => option.flags === flags) ??
    (command.parent === null ? undefined : optionOf(command.parent, flags))
  );
}

/** The same line with a value that the option takes. @param typed The one that was typed, if any. */
function exampleOf({ command, argv }: Line, option: Option | undefined, typed?: string): string {
  const value: unknown = option?.argChoices?.[0] ?? option?.defaultValueDescription ?? option?.defaultValue;
  const isKnown = typeof value === 'string' || typeof value === 'number';
  if (!isKnown) return helpFor(command);
  if (typed === undefined) return `For example: ${shellLine([...argv, String(value)])}`;
  const at = argv.findLastIndex((word) => word === typed || word.endsWith(`=${typed}`));
  if (at < 0) return helpFor(command);
  const corrected = argv.map((word, index) =>
    index === at ? `${word.slice(0, -typed.length || undefined)}${value}` : word,
  );
  return `For example: ${shellLine(corrected)}`;
}

function visibleCommands(program: Command): readonly string[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
}

function didYouMean(argv: readonly string[], typed: string, meant: string): string {
  const at = argv.indexOf(typed);
  return `Did you mean: ${shellLine(argv.map((word, index) => (index === at ? meant : word)))}`;
}

function helpFor(command: Command): string {
  return command.parent === null ? 'See what there is: sigctl --help' : `See how: sigctl help ${command.name()}`;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
