/** What is written is read on terminals too. */
export const COLUMNS = 80;

/** Stands between code and its comment until it is known whether both fit into one line; no source has it. */
const BESIDE = '\0';

/** A line of code with what it is for; `layOutLines` puts the comment behind it, or above it where the line would be too long. */
export function withComment(code: string, comment: string): string {
  return comment === '' ? code : `${code}${BESIDE}${comment}`;
}

/** Lines of comment, broken between words. */
export function commentLines(text: string, indent = ''): readonly string[] {
  const lines: string[] = [];
  let current = `${indent}//`;
  for (const word of text.split(' ')) {
    const longer = `${current} ${word}`;
    if (longer.length > COLUMNS && current.trim() !== '//') {
      lines.push(current);
      current = `${indent}// ${word}`;
    } else current = longer;
  }
  return [...lines, current.trimEnd()];
}

export function layOutLines(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [code = '', comment] = line.split(BESIDE);
    if (comment === undefined) return [line];
    const whole = `${code} // ${comment}`;
    return whole.length <= COLUMNS ? [whole] : [...commentLines(comment, /^ */.exec(code)?.[0]), code];
  });
}
