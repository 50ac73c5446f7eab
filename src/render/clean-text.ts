const ESC = '\\u001b';
const C0 = '\\u0000-\\u001f';
const PATTERN = new RegExp(
  [
    // CSI: colours, cursor movement, clearing. `\u009b` is its one-character form.
    `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
    // OSC, DCS, SOS, PM, APC: titles, links, clipboard. Only when terminated: else its text stays, and is seen.
    `${ESC}[\\]PX^_][^\\u0007\\u001b\\u009c]*(?:\\u0007|${ESC}\\\\|\\u009c)`,
    // Any other escape sequence, and every control character but tab and newline.
    `${ESC}[ -/]*[0-~]?`,
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]',
  ].join('|'),
  'g',
);
/** All of \p{Cc}, whose own regex takes 0.2 ms to build. Most lines hold none, and looking is far cheaper than replacing. */
const CONTROL = new RegExp(`[${C0}\\u007f-\\u009f]`);
const COLOUR = new RegExp(`^${ESC}\\[[0-9;:]*m$`);
const RESET = '\u001b[0m';

/**
 * Makes text of unknown origin safe to print: no control character survives but tab and newline, no escape sequence but
 * colours, and those only with `colour`; they end with the text. A carriage return, which would overwrite, becomes a space.
 */
export function cleanText(text: string, colour: boolean): string {
  if (!CONTROL.test(text)) return text;
  let coloured = false;
  const cleaned = text.replaceAll(PATTERN, (sequence) => {
    if (sequence === '\r') return ' ';
    if (!colour || !COLOUR.test(sequence)) return '';
    coloured = true;
    return sequence;
  });
  return coloured ? `${cleaned}${RESET}` : cleaned;
}

/** JSON as one line that is safe on a terminal too: what JSON.stringify leaves of control characters is escaped. */
export function renderJsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
