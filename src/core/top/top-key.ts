/** One key as it was pressed, or text that was pasted. */
export type TopKey =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: NamedKey };

export type NamedKey =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'tab'
  | 'ctrl-c'
  | 'ctrl-z'
  | 'ctrl-l'
  | 'ctrl-u';

/** xterm's sequences (ctlseqs), in the forms of both cursor-key modes. */
const SEQUENCES: Readonly<Record<string, NamedKey>> = {
  '[A': 'up',
  OA: 'up',
  '[B': 'down',
  OB: 'down',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[H': 'home',
  OH: 'home',
  '[1~': 'home',
  '[F': 'end',
  OF: 'end',
  '[4~': 'end',
};

const CONTROLS: Readonly<Record<string, NamedKey>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u0003': 'ctrl-c',
  '\u0008': 'backspace',
  '\u000c': 'ctrl-l',
  '\u0015': 'ctrl-u',
  '\u001a': 'ctrl-z',
  '\u007f': 'backspace',
};

const ESC = '\u001b';
const PASTE_BEGIN = '\u001b[200~';
const PASTE_END = '\u001b[201~';
/** A whole sequence: CSI with its parameters, or SS3 with one letter. */
const SEQUENCE = new RegExp(`^${ESC}(\\[[0-?]*[ -/]*[@-~]|O[@-~])`);
/** The beginning of one of which the rest has not arrived. */
const UNFINISHED = new RegExp(`^${ESC}(?:\\[[0-?]*[ -/]*|O)?$`);

export interface ParsedKeys {
  readonly keys: readonly TopKey[];
  /** Bytes that may be the beginning of a sequence: to be put before what comes next, or taken as they are after a moment. */
  readonly rest: string;
}

/** The keys of what a terminal in raw mode sent. Sequences that mean nothing here are passed over. Pure. */
export function parseKeys(input: string): ParsedKeys {
  const keys: TopKey[] = [];
  let left = input;
  while (left !== '') {
    if (left.startsWith(PASTE_BEGIN)) {
      const end = left.indexOf(PASTE_END);
      if (end < 0) return { keys, rest: left };
      keys.push({ kind: 'paste', text: left.slice(PASTE_BEGIN.length, end) });
      left = left.slice(end + PASTE_END.length);
      continue;
    }
    if (UNFINISHED.test(left)) return { keys, rest: left };
    const [whole = '', name = ''] = SEQUENCE.exec(left) ?? [];
    if (whole !== '') {
      const kind = SEQUENCES[name];
      if (kind !== undefined) keys.push({ kind });
      left = left.slice(whole.length);
      continue;
    }
    const [char = ''] = left;
    const key = toKey(char);
    if (key !== undefined) keys.push(key);
    left = left.slice(char.length);
  }
  return { keys, rest: '' };
}

/** What is left over when nothing follows: the escape key itself, or Alt with a key, which means nothing here. */
export function finishKeys(rest: string): readonly TopKey[] {
  return rest === '\u001b' ? [{ kind: 'escape' }] : [];
}

function toKey(char: string): TopKey | undefined {
  if (char === '\u001b') return { kind: 'escape' };
  const kind = CONTROLS[char];
  if (kind !== undefined) return { kind };
  return /\p{Cc}/u.test(char) ? undefined : { kind: 'char', char };
}
