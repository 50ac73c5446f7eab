/** A variable that a word refers to, and its default in `${NAME:-default}`. */
export interface ShellVariable {
  readonly name: string;
  readonly fallback?: string;
}

/** One word of a command line. */
export interface ShellWord {
  readonly kind: 'word';
  /** What it means when nothing is expanded: quotes and backslashes are gone. */
  readonly value: string;
  /** A shell would replace a part of it: a variable, a command, a pattern of file names. */
  readonly expands: boolean;
  readonly variables: readonly ShellVariable[];
  readonly start: number;
  readonly end: number;
}

/** `&&`, `|`, `;`, `&`, a line break, a bracket, or a redirection such as `2>&`. */
export interface ShellOperator {
  readonly kind: 'operator';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type ShellToken = ShellWord | ShellOperator;

const OPERATOR = /\d*(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>])|&>>|&>|&&|\|\||\|&|;;|[;&|()\n]/y;
const SHELL_END = /[\s;&|<>()]/;

/** The tokens of a line of `sh`, with their places in it; nothing is expanded. `undefined`: a quote or bracket is left open. */
export function readShellTokens(text: string): readonly ShellToken[] | undefined {
  const tokens: ShellToken[] = [];
  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, tokens.at(-1)?.end ?? at)) {
    OPERATOR.lastIndex = at;
    const operator = OPERATOR.exec(text)?.[0];
    const token: ShellToken | undefined =
      operator === undefined
        ? readWord(text, at, SHELL_END)
        : { kind: 'operator', text: operator, start: at, end: at + operator.length };
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** Splits as `sh` does for quotes and backslashes; `$`, `&` and `;` mean themselves. `undefined`: a quote is left open. */
export function splitPlainWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = text.search(/\S/);
  while (at >= 0 && at < text.length) {
    const word = readWord(text, at, /\s/, false);
    if (word === undefined) return undefined;
    words.push(word.value);
    const gap = text.slice(word.end).search(/\S/);
    at = gap < 0 ? -1 : word.end + gap;
  }
  return words;
}

/** Makes one word of `sh` that means exactly this text. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Blanks, continued lines and comments. A line break ends a command, so it stays. */
function skipBlank(text: string, from: number): number {
  const blank = /(?:[^\S\n]|\\\n)*(?:#[^\n]*)?/y;
  blank.lastIndex = from;
  blank.exec(text);
  return blank.lastIndex;
}

interface Piece {
  readonly value: string;
  readonly end: number;
  readonly expands?: boolean;
  readonly variables?: readonly ShellVariable[];
}

function readWord(text: string, start: number, end: RegExp, isShell = true): ShellWord | undefined {
  const pieces: Piece[] = [];
  let at = start;
  while (at < text.length && !end.test(text.charAt(at))) {
    const piece = readPiece(text, at, isShell);
    if (piece === undefined) return undefined;
    pieces.push(piece);
    at = piece.end;
  }
  return {
    kind: 'word',
    value: pieces.map((piece) => piece.value).join(''),
    expands: (isShell && text.charAt(start) === '~') || pieces.some((piece) => piece.expands),
    variables: pieces.flatMap((piece) => piece.variables ?? []),
    start,
    end: at,
  };
}

function readPiece(text: string, at: number, isShell: boolean): Piece | undefined {
  const character = text.charAt(at);
  if (character === "'") {
    const close = text.indexOf("'", at + 1);
    return close < 0 ? undefined : { value: text.slice(at + 1, close), end: close + 1 };
  }
  if (character === '"') return readDoubleQuoted(text, at, isShell);
  if (character === '\\' && at + 1 < text.length) {
    return { value: text.charAt(at + 1).replace('\n', ''), end: at + 2 };
  }
  if (isShell && (character === '$' || character === '`')) return readExpansion(text, at);
  return { value: character, end: at + 1, expands: isShell && /[*?[]/.test(character) };
}

function readDoubleQuoted(text: string, open: number, isShell: boolean): Piece | undefined {
  const inside: Piece[] = [];
  let at = open + 1;
  while (text.charAt(at) !== '"') {
    const piece = readQuotedPiece(text, at, isShell);
    if (piece === undefined) return undefined;
    inside.push(piece);
    at = piece.end;
  }
  return {
    value: inside.map((piece) => piece.value).join(''),
    end: at + 1,
    expands: inside.some((piece) => piece.expands === true),
    variables: inside.flatMap((piece) => piece.variables ?? []),
  };
}

function readQuotedPiece(text: string, at: number, isShell: boolean): Piece | undefined {
  if (at >= text.length) return undefined;
  const escaped = /^\\(["\\$`\n])/.exec(text.slice(at, at + 2))?.[1];
  if (escaped !== undefined) return { value: escaped.replace('\n', ''), end: at + 2 };
  if (isShell && /[$`]/.test(text.charAt(at))) return readExpansion(text, at);
  return { value: text.charAt(at), end: at + 1 };
}

/** `$NAME`, `${NAME:-default}`, `$(command)`, `` `command` ``; a `$` before anything else means itself. */
function readExpansion(text: string, at: number): Piece | undefined {
  const rest = text.slice(at);
  const name = /^\$([A-Za-z_]\w*)/.exec(rest)?.[1];
  if (name !== undefined) return expansion(text, at, at + 1 + name.length, [{ name }]);
  if (rest.startsWith('${') || rest.startsWith('$(')) {
    const end = closingBracket(text, at + 1);
    if (end === undefined) return undefined;
    return expansion(text, at, end, rest.startsWith('${') ? bracedVariable(text.slice(at + 2, end - 1)) : []);
  }
  if (rest.startsWith('`')) {
    const close = text.indexOf('`', at + 1);
    return close < 0 ? undefined : expansion(text, at, close + 1, []);
  }
  return /^\$[\d@*#?$!-]/.test(rest) ? expansion(text, at, at + 2, []) : { value: '$', end: at + 1 };
}

function expansion(text: string, at: number, end: number, variables: readonly ShellVariable[]): Piece {
  return { value: text.slice(at, end), end, expands: true, variables };
}

function bracedVariable(inside: string): readonly ShellVariable[] {
  const [, name, fallback] = /^#?([A-Za-z_]\w*)(?::?-([\s\S]*))?/.exec(inside) ?? [];
  if (name === undefined) return [];
  return [fallback === undefined ? { name } : { name, fallback }];
}

/** Index behind the bracket that closes the one at `open`; brackets in quotes do not count. */
function closingBracket(text: string, open: number): number | undefined {
  const [opening, closing] = text.charAt(open) === '{' ? ['{', '}'] : ['(', ')'];
  const piece = /\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|[\s\S]/gy;
  piece.lastIndex = open;
  let depth = 0;
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    if (match[0] === opening) depth++;
    if (match[0] === closing) depth--;
    if (depth === 0) return piece.lastIndex;
  }
  return undefined;
}
