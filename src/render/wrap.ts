import { unitsOf } from './wrap-lines.js';

/**
 * Breaks text between words so that each line, indent included, fits into `columns`.
 * Line breaks of the text stay, with the blanks that a line of its own begins with. A word too long for a line stands alone,
 * and so does a command in a sentence, which stays whole.
 */
export function wrapText(text: string, columns: number, indent: string): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line.trimStart(), columns, `${indent}${/^ */.exec(line)?.[0] ?? ''}`))
    .join('\n');
}

function wrapLine(line: string, columns: number, indent: string): readonly string[] {
  // Most do, and what a command is need not be known then.
  if (indent.length + line.length <= columns) return [indent + line];
  const lines: string[] = [];
  let current = '';
  for (const word of unitsOf(line.split(' '))) {
    if (current !== '' && indent.length + current.length + 1 + word.length > columns) {
      lines.push(indent + current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, indent + current];
}
