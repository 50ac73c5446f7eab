import { readShellTokens, type ShellToken, type ShellWord } from './shell-words.js';

/** One command of a line that starts several. */
export interface LinePart {
  readonly text: string;
  readonly tokens: readonly ShellToken[];
}

export interface SplitLine {
  /** What runs side by side; a single one when the line starts one program. */
  readonly parts: readonly LinePart[];
  /** From `export NAME=value` and `cd folder` before the programs. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly notes: readonly string[];
}

interface Item extends LinePart {
  readonly terminator: string;
}

/** Words that open and close a compound command, in which `;` and `&` do not end the line's own commands. */
const OPENING = ['if', 'while', 'until', 'for', 'case', '{', 'select'];
const CLOSING = ['fi', 'done', 'esac', '}'];

/**
 * Takes `a & b & wait` apart. What only holds such a line together (`wait`, `trap`, `sleep`, `set`) goes; a line that does
 * something else between its programs stays whole, with a note. `undefined`: a quote is left open.
 */
export function splitLine(line: string): SplitLine | undefined {
  const tokens = readShellTokens(line);
  if (tokens === undefined) return undefined;
  const items = itemsOf(line, tokens);
  const programs: LinePart[] = [];
  const notes = new Set<string>();
  const env: Record<string, string> = {};
  let cwd: string | undefined;
  for (const [index, item] of items.entries()) {
    const words = plainWords(item);
    const [first = ''] = words ?? [];
    const note = Object.hasOwn(GLUE, first) ? GLUE[first] : undefined;
    if (note !== undefined) {
      if (note !== '') notes.add(note);
    } else if (first === 'cd' && words?.length === 2 && programs.length === 0) cwd = joinFolder(cwd, words[1] ?? '.');
    else if (first === 'export' && words !== undefined && isExport(words)) Object.assign(env, exported(words));
    else if (item.terminator === '&' || index === items.length - 1 || isFollowedByGlue(items, index))
      programs.push(item);
    else return whole(line, tokens, first);
  }
  return { parts: programs, env, cwd, notes: [...notes] };
}

const GLUE: Readonly<Record<string, string>> = {
  wait: '',
  set: '',
  trap: '"trap" is gone: sigctl stops each service itself',
  sleep: '"sleep" is gone: "after" and "ready" say what waits for what',
};

/** `cd a && cd b` ends in `a/b`. */
export function joinFolder(from: string | undefined, to: string): string {
  return from === undefined || to.startsWith('/') ? to : `${from}/${to}`;
}

function whole(line: string, tokens: readonly ShellToken[], first: string): SplitLine {
  const startsSeveral = tokens.some((token) => token.kind === 'operator' && token.text === '&');
  const note = `the line stays whole, as "${first}" has to end before the rest begins; split it by hand`;
  return { parts: [{ text: line, tokens }], env: {}, cwd: undefined, notes: startsSeveral ? [note] : [] };
}

function isFollowedByGlue(items: readonly Item[], index: number): boolean {
  return items.slice(index + 1).every((item) => Object.hasOwn(GLUE, plainWords(item)?.[0] ?? ''));
}

function itemsOf(line: string, tokens: readonly ShellToken[]): readonly Item[] {
  const items: Item[] = [];
  let current: ShellToken[] = [];
  let depth = 0;
  const close = (terminator: string): void => {
    const [first, last] = [current[0], current.at(-1)];
    if (first !== undefined && last !== undefined) {
      items.push({ tokens: current, text: line.slice(first.start, last.end), terminator });
    }
    current = [];
  };
  for (const token of tokens) {
    depth += depthChange(token, current.at(-1));
    if (depth === 0 && token.kind === 'operator' && ['&', ';', '\n'].includes(token.text)) close(token.text);
    else current.push(token);
  }
  close('');
  return items;
}

function depthChange(token: ShellToken, before: ShellToken | undefined): number {
  if (token.kind === 'operator') return token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
  if (!standsFirst(before)) return 0;
  return OPENING.includes(token.value) ? 1 : CLOSING.includes(token.value) ? -1 : 0;
}

function standsFirst(before: ShellToken | undefined): boolean {
  if (before === undefined) return true;
  return before.kind === 'operator' ? !/[<>]/.test(before.text) : /^(?:do|then|else)$/.test(before.value);
}

/** The words of a command without anything for the shell; `wait $PID` counts by its first word. */
function plainWords({ tokens }: LinePart): readonly string[] | undefined {
  if (!tokens.every((token): token is ShellWord => token.kind === 'word')) return undefined;
  const [first] = tokens;
  if (first !== undefined && Object.hasOwn(GLUE, first.value)) return [first.value];
  return tokens.some((token) => token.expands) ? undefined : tokens.map((token) => token.value);
}

function isExport(words: readonly string[]): boolean {
  return words.length > 1 && words.slice(1).every((word) => /^[A-Za-z_]\w*=/.test(word));
}

function exported(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.slice(1).map(splitAssignment));
}

/** `A=b=c` as `['A', 'b=c']`. */
export function splitAssignment(word: string): [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}
