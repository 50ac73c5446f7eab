import { commandOfArgv, nameOfArgv, portOfArgv } from './argv-command.js';
import type { PlannedCommand } from './init-plan.js';
import type { NpmScripts } from './npm-script.js';
import { resolveNpmScript } from './npm-script.js';
import type { ShellVariable, ShellWord } from './shell-words.js';
import { joinFolder, type LinePart, splitAssignment, splitLine } from './split-line.js';

/** One program of a command line. */
export interface LineCommand {
  readonly command: PlannedCommand;
  /** After its program or script, for one that has no name. */
  readonly name: string;
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that its shell will look up. */
  readonly variables: readonly ShellVariable[];
  /** Where it is told to listen, by number. */
  readonly port: number | undefined;
  readonly notes: readonly string[];
}

export interface LineRequest {
  readonly line: string;
  readonly scriptsIn: ScriptsIn;
}

/** The scripts of the package.json in a folder, for `npm start`, which becomes what it stands for. */
export type ScriptsIn = (folder: string) => NpmScripts | undefined;

/** Deep enough for any project; a script that calls itself ends here. */
const MAX_DEPTH = 8;
/** Calls of other scripts that one line may come to; more is no stack but a loop. */
const MAX_CALLS = 64;
const SHELL = '/bin/sh';

/**
 * The programs that a shell line starts. A plain command is taken apart, so that the process is the service itself; one that
 * needs a shell (pipes, `&&`, variables) becomes `/bin/sh -c`, which execs the program where it can. Empty: nothing to run.
 * `undefined`: a quote or bracket is left open.
 */
export function commandsOfLine({ line, scriptsIn }: LineRequest): readonly LineCommand[] | undefined {
  return translate(line, startingIn(scriptsIn));
}

/** A command that was given as words, without any shell; never empty. */
export function commandsOfArgv(argv: readonly string[], scriptsIn: ScriptsIn): readonly LineCommand[] | undefined {
  const start = startingIn(scriptsIn);
  return unwrap(argv, start) ?? [plainCommand(argv, start)];
}

function startingIn(scriptsIn: ScriptsIn): Context {
  return { scriptsIn, shell: SHELL, depth: 0, budget: { left: MAX_CALLS }, cwd: undefined, env: {}, notes: [] };
}

interface Context {
  readonly scriptsIn: ScriptsIn;
  readonly shell: string;
  readonly depth: number;
  /** Shared by the whole line: scripts that call each other could multiply without end. */
  readonly budget: { left: number };
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

function translate(line: string, context: Context): readonly LineCommand[] | undefined {
  const split = splitLine(line);
  if (split === undefined) return undefined;
  const inner: Context = {
    ...context,
    cwd: split.cwd === undefined ? context.cwd : joinFolder(context.cwd, split.cwd),
    env: { ...context.env, ...split.env },
    notes: [...context.notes, ...split.notes],
  };
  const commands = split.parts.map((part) => commandsOfPart(line, part, inner));
  return commands.every((list) => list !== undefined) ? commands.flat() : undefined;
}

function commandsOfPart(line: string, part: LinePart, context: Context): readonly LineCommand[] | undefined {
  const [cd, folder, and] = part.tokens;
  if (cd?.kind === 'word' && cd.value === 'cd' && folder?.kind === 'word' && !folder.expands && isAnd(and)) {
    const rest = part.tokens.slice(3);
    const from = rest[0]?.start;
    if (from === undefined) return [];
    const inner = { ...context, cwd: joinFolder(context.cwd, folder.value) };
    return commandsOfPart(line, { tokens: rest, text: line.slice(from, rest.at(-1)?.end) }, inner);
  }
  const words = part.tokens.filter((token) => token.kind === 'word');
  if (words.length < part.tokens.length) return [shellCommand(execLast(line, part), words, context)];
  return commandsOfWords(line, words, context);
}

function isAnd(token: LinePart['tokens'][number] | undefined): boolean {
  return token?.kind === 'operator' && token.text === '&&';
}

/** A simple command: `A=1 exec program argument…`. */
function commandsOfWords(
  line: string,
  words: readonly ShellWord[],
  context: Context,
): readonly LineCommand[] | undefined {
  const { assignments, rest } = withoutPrefix(words);
  const [first, last] = [rest[0], rest.at(-1)];
  if (first === undefined || last === undefined) return [];
  const literal = assignments.filter((word) => !word.expands);
  const computed = assignments.filter((word) => word.expands);
  const inner = {
    ...context,
    env: { ...context.env, ...Object.fromEntries(literal.map((word) => splitAssignment(word.value))) },
  };
  if (computed.length > 0 || rest.some((word) => word.expands)) {
    const before = computed.map((word) => line.slice(word.start, word.end));
    return [
      shellCommand([...before, 'exec', line.slice(first.start, last.end)].join(' '), [...computed, ...rest], inner),
    ];
  }
  const argv = rest.map((word) => word.value);
  return unwrap(argv, inner) ?? [plainCommand(argv, inner)];
}

/** Assignments, and words that change nothing under sigctl: `exec`, `nohup`, `env` before an assignment. */
function withoutPrefix(words: readonly ShellWord[]) {
  const assignments: ShellWord[] = [];
  let at = 0;
  for (let word = words[at]; word !== undefined; word = words[++at]) {
    if (/^[A-Za-z_]\w*=/.test(word.value)) assignments.push(word);
    else if (!['exec', 'nohup', 'command'].includes(word.value) && !isPlainEnv(words, at)) break;
  }
  return { assignments, rest: words.slice(at) };
}

function isPlainEnv(words: readonly ShellWord[], at: number): boolean {
  return words[at]?.value === 'env' && words[at + 1]?.value.startsWith('-') === false;
}

/** `sh -c '…'` and `npm run x` as what they stand for; `undefined` when it is neither. */
function unwrap(argv: readonly string[], context: Context): readonly LineCommand[] | undefined {
  if (context.depth >= MAX_DEPTH || context.budget.left-- <= 0) return undefined;
  const inner = { ...context, depth: context.depth + 1 };
  const [shell = '', flag = '', script, ...others] = argv;
  if (
    /^(?:\/(?:usr\/)?bin\/)?(?:ba|da)?sh$/.test(shell) &&
    /^-l?c$/.test(flag) &&
    script !== undefined &&
    others.length === 0
  ) {
    return translate(script, { ...inner, shell: shell.endsWith('bash') ? shell : SHELL });
  }
  const resolved = resolveNpmScript(argv, context.scriptsIn(context.cwd ?? '.'));
  if (resolved === undefined) return undefined;
  const commands = resolved.lines.map(({ line, name }) => {
    const found = translate(line, { ...inner, notes: [...inner.notes, resolved.note] });
    return found?.length === 1 ? found.map((command) => ({ ...command, name })) : found;
  });
  return commands.every((list) => list !== undefined) ? commands.flat() : undefined;
}

function plainCommand(argv: readonly string[], { cwd, env, notes }: Context): LineCommand {
  return {
    command: commandOfArgv(argv),
    name: nameOfArgv(argv),
    cwd,
    env,
    variables: [],
    port: portOfArgv(argv),
    notes,
  };
}

function shellCommand(text: string, words: readonly ShellWord[], { shell, cwd, env, notes }: Context): LineCommand {
  const values = withoutPrefix(words).rest.map((word) => word.value);
  const toFile = />\s*(?!&|\/dev\/)[^\s&]/.test(text) ? ['its redirected output does not get into "sigctl logs"'] : [];
  return {
    command: { script: shell, args: ['-c', text], interpreter: 'none' },
    name: nameOfArgv(values),
    cwd,
    env,
    variables: words.flatMap((word) => word.variables),
    port: portOfArgv(values),
    notes: [...notes, ...toFile],
  };
}

/** What `exec` cannot stand before. */
const NO_EXEC =
  /^(?:[.:!{[]|\[\[|cd|eval|exec|exit|export|for|if|case|while|until|read|return|set|source|test|time|unset|wait|true|false|echo)$/;

/** `a && b` as `a && exec b`: in the end the process is the program, not its shell. Other shapes stay as they are. */
function execLast(line: string, { tokens, text }: LinePart): string {
  const operators = tokens.flatMap((token) => (token.kind === 'operator' ? [token.text] : []));
  if (operators.some((operator) => !/^(?:&&|;|\n)$|[<>]/.test(operator)) || tokens.at(-1)?.kind === 'operator')
    return text;
  const lastOperator = tokens.findLastIndex((token) => token.kind === 'operator' && !/[<>]/.test(token.text));
  const words = tokens.slice(lastOperator + 1);
  const program = words.find((token) => token.kind === 'operator' || !/^[A-Za-z_]\w*=/.test(token.value));
  const start = tokens[0]?.start ?? 0;
  if (program?.kind !== 'word' || NO_EXEC.test(program.value) || hasCompound(tokens)) return text;
  return `${line.slice(start, program.start)}exec ${line.slice(program.start, tokens.at(-1)?.end)}`;
}

function hasCompound(tokens: LinePart['tokens']): boolean {
  return tokens.some((token) => token.kind === 'word' && /^(?:fi|done|esac|\})$/.test(token.value));
}
