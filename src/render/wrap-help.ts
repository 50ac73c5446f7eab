/** A term with the blanks behind it, or a number of a list: further lines of either begin below what follows. */
const TERM = /^( *\S(?:.*?\S)?)( {2,})(?=\S)|^( *\d\.)( )(?=\S)/;
/** A line that begins something new, also where no empty line is above it: `Exit codes: …`, `<when>: …`, `never: …`, `a { b, c }: …`. */
const NEW_SENTENCE = /^(?:[A-Z][\w']*(?: [\w']+){0,4}|<\w+>): |^\s+(?:and )?\$?\w+(?:, \w+)*(?: \{.*?\}| \[.*?\])?: /;
/** Lines of a manifest or of JSON, and lines to be typed: they stay as they are. */
const CODE = /^\s*(?:[\]{}]|module\.exports|sigctl |source )|^\s{4,}[\w.']+: .*[[{,]$/;
/** With less room behind a term, its meaning goes below it. */
const MIN_MEANING_COLUMNS = 26;
const MEANING_INDENT = 4;

interface Item {
  readonly lines: string[];
  /** Column at which further lines of it begin. */
  readonly column: number;
}

/**
 * Lays out a help text anew where it is wider than the terminal: paragraphs, and terms with their meaning beside them. What fits stays
 * as it was written, and lines of code are never broken.
 */
export function wrapHelp(text: string, columns: number): string {
  if (text.split('\n').every((line) => line.length <= columns)) return text;
  return groupLines(text.split('\n'))
    .flatMap((item) => (item.lines.some((line) => line.length > columns) ? layOut(item, columns) : item.lines))
    .join('\n');
}

function groupLines(lines: readonly string[]): readonly Item[] {
  const items: Item[] = [];
  for (const line of lines) {
    const last = items.at(-1);
    const indent = indentOf(line);
    const isMore =
      last !== undefined &&
      line.trim() !== '' &&
      last.lines[0]?.trim() !== '' &&
      indent === last.column &&
      !TERM.test(line) &&
      !CODE.test(line) &&
      !NEW_SENTENCE.test(line) &&
      !/:$/.test(last.lines[0] ?? '');
    if (isMore) last.lines.push(line);
    else items.push({ lines: [line], column: columnOf(line) });
  }
  return items;
}

function columnOf(line: string): number {
  const head = TERM.exec(line)?.[0] ?? '';
  return head === '' ? indentOf(line) : head.length;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function layOut({ lines, column }: Item, columns: number): readonly string[] {
  const [first = '', ...more] = lines;
  const hasTerm = TERM.test(first);
  if (!hasTerm && CODE.test(first)) return lines;
  const meaning = [first.slice(column), ...more.map((line) => line.trim())].join(' ').trim();
  if (!hasTerm) return fill(meaning, ' '.repeat(column), columns);
  const term = first.slice(0, column);
  if (columns - column < MIN_MEANING_COLUMNS)
    return [term.trimEnd(), ...fill(meaning, ' '.repeat(indentOf(first) + MEANING_INDENT), columns)];
  const [head = '', ...rest] = fill(meaning, ' '.repeat(column), columns);
  return [term + head.trimStart(), ...rest];
}

function fill(text: string, indent: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && indent.length + current.length + 1 + word.length > columns) {
      lines.push(indent + current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, indent + current];
}
