import { cleanText } from './clean-text.js';

/** ✔ ✖ ! → │ and -, as escapes: the built CLI is read as Latin-1, and esbuild leaves the text of a regex as it is. */
const MARK = '[\\u2714\\u2716!\\u2192\\u2502-]';
/** What a line begins with before its words: blanks, a mark or label, and a name with two blanks behind it. */
const HEAD = new RegExp(`^ *(?:(?:${MARK}|[a-z]+(?: [a-z]+){0,2}:) +)?(?:\\S+(?: \\S+)? {2,})?`);
/** Words begin again below the first one, unless that leaves less of the line than this. */
const MIN_WORDS_COLUMNS = 24;
/** Of what belongs to an indented line. */
const MORE_INDENT = 2;

/**
 * Breaks sentences between words where a line is longer than `columns`; the rest of a line stands below its first word. Colours count
 * for nothing, and a command to be copied stays whole: the terminal breaks it, if it has to, and copies it as one line.
 */
export function wrapLines(text: string, columns: number): string {
  if (text.length <= columns) return text;
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= columns ? [line] : wrapLine(line, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): readonly string[] {
  const plain = cleanText(line, false);
  const head = HEAD.exec(plain)?.[0].length ?? 0;
  const blanks = / */.exec(plain)?.[0].length ?? 0;
  const isList = head === blanks && blanks > 0;
  const hang = ' '.repeat(isList || columns - head < MIN_WORDS_COLUMNS ? blanks + MORE_INDENT : head);
  const lines: string[] = [];
  let current = '';
  for (const [index, unit] of unitsOf(line.split(' ')).entries()) {
    const longer = index === 0 ? unit : `${current} ${unit}`;
    // A single word that fits into no line begins where it is: another line would not help it.
    const isHopeless = !unit.includes(' ') && hang.length + widthOf(unit) > columns;
    if (widthOf(longer) > columns && current.trim() !== '' && unit !== '' && !isHopeless) {
      lines.push(current.trimEnd());
      current = hang + unit;
    } else current = longer;
  }
  return [...lines, current].filter((each) => each.trim() !== '');
}

const ARROW = '\u2192';

// Lists of words, and no regular expressions: V8 takes longer to compile those than to render a whole table.

/** Commands in sentences. */
const PROGRAMS = listOf('sigctl kill ssh journalctl systemctl ls mkdir echo');
/** An option, a placeholder, a number, or a word with something in it that no sentence has. */
const ARGUMENT = /^(?:-|<|>|@|\d|'\S)|[\w)][/=@_:.-]+[\w*]|^\/|^\|/;
/** What ends a command: its quote, or the sentence's punctuation. */
const END = /[,;:.)"]$/;
/** Of sigctl: these take a name, which may look like any word, and so do options. */
const TAKE_NAMES = listOf(
  '> start stop restart reload recover status logs why history config env help mode wait host add remove deploy alerts completion install',
);
const OPTION = /^--?[a-z][a-z-]*$/;
const SENTENCE = listOf(
  'and or bring brings to again once show shows does has is as from with in then would end ends tries take takes name names it the which there',
);

/** The commands that a sentence names, as they are to be typed. */
export function commandsIn(text: string): readonly string[] {
  return (
    keepCommandsWhole(cleanText(text, false).split(/\s+/))
      .filter((unit) => isProgram(unit.split(' ')[0] ?? ''))
      .map((unit) => unit.replace(/^[("]+/, '').replace(/[,;:).]+$/, ''))
      // "your ssh configuration" names no command.
      .filter((unit) => unit.includes(' '))
      // The quote that closes a command, and none that belongs to a word of it.
      .map((unit) => (unit.split('"').length % 2 === 0 ? unit.replace(/[ .]*"[,;:).]*$/, '') : unit))
  );
}

/** Of sigctl. "since sigctl started it" is no command. */
const VERBS = listOf(
  'start stop restart reload recover status top wait mode logs why history backup restore doctor config env alerts host deploy startup unstartup init completion help',
);

/** Of sigctl, and followed by a value; the command comes behind that. */
const GLOBAL_OPTIONS = listOf('--config -c --host');

function listOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** Where a command begins. */
function isProgram(word: string): boolean {
  return PROGRAMS.has(word.startsWith('(') || word.startsWith('"') ? word.slice(1) : word);
}

/** Commands, each with the arrow that leads to it, and the other words. */
export function unitsOf(words: readonly string[]): readonly string[] {
  const units: string[] = [];
  for (const unit of keepCommandsWhole(words)) {
    const last = units.at(-1);
    if (last !== undefined && plainOf(last) === ARROW) units[units.length - 1] = `${last} ${unit}`;
    else units.push(unit);
  }
  return units;
}

/** The words again, those of a command as one. */
export function keepCommandsWhole(words: readonly string[]): readonly string[] {
  const units: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const end = isProgram(plainOf(words[index])) ? endOfCommand(words.map(plainOf), index) : index + 1;
    units.push(words.slice(index, end).join(' '));
    index = end - 1;
  }
  return units;
}

/** The index behind the last word of the command that begins at `from`. */
function endOfCommand(words: readonly string[], from: number): number {
  if (words[from] === 'echo') return words.includes('>', from) ? words.length : from + 1;
  const isQuoted = words[from]?.startsWith('"') === true;
  let isOpen = false;
  for (let index = from + 1; index < words.length; index += 1) {
    const [before = '', word = ''] = [words[index - 1], words[index]];
    const bare = word.replace(END, '');
    const isName = takesName(before) && !word.startsWith('(') && !SENTENCE.has(bare);
    const isBehind = /sigctl$|^@\w/.test(before) || GLOBAL_OPTIONS.has(words[index - 2] ?? '');
    const isVerb = isBehind && VERBS.has(bare);
    const isPart = isQuoted || isOpen || isVerb || isName || ARGUMENT.test(word);
    if (!isPart) return index;
    // A word in single quotes may hold blanks.
    if (word.split("'").length % 2 === 0) isOpen = !isOpen;
    if (!isOpen && (isQuoted ? /"[,;:.)]?$/.test(word) : END.test(word))) return index + 1;
  }
  return words.length;
}

function takesName(word: string): boolean {
  return TAKE_NAMES.has(word) || OPTION.test(word);
}

function plainOf(word: string | undefined): string {
  return cleanText(word ?? '', false);
}

/** Columns that a line takes: its characters, without the codes of its colours. */
function widthOf(line: string): number {
  return [...cleanText(line, false)].length;
}
