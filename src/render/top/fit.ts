/** Characters that take two columns: East Asian wide and full-width ones, and pictures (UAX 11, UTS 51). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that take none: marks on the one before, and joiners. Those that turn the direction of text are among them. */
const NARROWEST = /[\p{M}\p{Cf}]/u;
const PLAIN = /^[\u0020-\u007e]*$/;
const ESC = '\u001b';
/** Colours are the only sequences that `cleanText` and chalk leave. */
const PARTS = new RegExp(`${ESC}\\[[0-9;:]*m|[\\s\\S]`, 'gu');
const RESET = `${ESC}[0m`;
const TAB = '  ';

/** Columns that a text takes on a terminal, colours apart. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const [part] of text.matchAll(PARTS)) columns += width(part);
  return columns;
}

/** A text, which may hold colours, cut or filled up to exactly so many columns. What is cut off is told by `…`. */
export function fit(text: string, columns: number): string {
  if (PLAIN.test(text) && text.length <= columns) return text.padEnd(columns);
  const used = columnsOf(text);
  if (used <= columns) return `${clean(text)}${' '.repeat(columns - used)}`;
  return columns <= 0 ? '' : cut(text, columns);
}

function cut(text: string, columns: number): string {
  let kept = '';
  let used = 0;
  let isColoured = false;
  for (const [part] of text.matchAll(PARTS)) {
    if (part.length > 1 && part.startsWith(ESC)) isColoured = true;
    else if (used + width(part) > columns - 1) break;
    kept += clean(part);
    used += width(part);
  }
  // A wide character that did not fit leaves a column.
  return `${kept}…${isColoured ? RESET : ''}${' '.repeat(columns - 1 - used)}`;
}

function width(part: string): number {
  if (part === '\t') return TAB.length;
  if (part.startsWith(ESC) || NARROWEST.test(part)) return 0;
  return WIDE.test(part) ? 2 : 1;
}

/** A tab would jump, and a mark of direction would turn the rest of the screen around. */
function clean(text: string): string {
  return text.replaceAll('\t', TAB).replaceAll(/\p{Cf}/gu, '');
}
