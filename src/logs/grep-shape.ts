/** What has a meaning of its own in a regular expression. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/;
/** An escape that stands for the character itself, such as `\.`. */
const ESCAPED = /\\([^\w\s])/g;

/** The text that a pattern looks for, when that is all it does: `fill`, `order\.filled`. */
export function literalOf({ source, flags }: RegExp): string | undefined {
  if (flags !== '') return undefined;
  const plain = source.replaceAll(ESCAPED, '');
  return source === '' || SPECIAL.test(plain) ? undefined : source.replaceAll(ESCAPED, '$1');
}

/**
 * The pattern in a form that can be looked for in many lines at once, with the flags `g` and `m`: no match reaches over a
 * newline, and each line that matches by itself has a match among the others too. `undefined`: not certain, so lines have to
 * be looked at one by one.
 */
export function acrossLines({ source, flags }: RegExp): RegExp | undefined {
  if (/[^i]/.test(flags) || /[\p{Cc}\u2028\u2029]/u.test(source)) return undefined;
  const tokens = source.match(TOKENS)?.map(tokenAcrossLines) ?? [];
  if (tokens.join('') === '' || tokens.includes(undefined)) return undefined;
  return new RegExp(tokens.join(''), `${flags}gm`);
}

/** A class, an escape outside of one, the start of a group, or another character. */
const TOKENS = /\[\^?(?:\\.|[^\]\\])*\]|\\.|\(\?.?|./g;
/** Escapes that match no newline, in a class or outside. */
const HARMLESS = /^\\(?:[dwS]|[^\w\s])$/;

function tokenAcrossLines(token: string): string | undefined {
  if (token.startsWith('[^')) {
    const rest = token.slice(2);
    // An empty class matches everything. A dash that stood first would make a range of what is put before it.
    return rest === ']' ? undefined : `[^\\n${rest.startsWith('-') ? '\\' : ''}${rest}`;
  }
  if (token.startsWith('[')) {
    const escapes = token.match(/\\./g) ?? [];
    return escapes.every((pair) => HARMLESS.test(pair)) ? token : undefined;
  }
  if (token.startsWith('\\')) return NEWLINE_FREE[token] ?? (HARMLESS.test(token) ? token : undefined);
  // Other groups look around and may say no to what lies on another line, or change flags.
  if (token.startsWith('(?')) return token === '(?:' || token === '(?=' ? token : undefined;
  return token;
}

/** Escapes outside of a class, without the newline that they might match. */
const NEWLINE_FREE: Readonly<Record<string, string>> = {
  '\\s': '[^\\S\\n]',
  '\\D': '[^\\d\\n]',
  '\\W': '[^\\w\\n]',
  '\\t': '\\t',
  '\\b': '\\b',
  '\\B': '\\B',
};
