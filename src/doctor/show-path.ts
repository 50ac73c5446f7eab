import { isAbsolute, relative } from 'node:path';

/** The path as somebody in `cwd` would type it: relative below `cwd`, absolute elsewhere, quoted for a shell where needed. */
export function showPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  const isBelow = short !== '' && !short.startsWith('..') && !isAbsolute(short);
  return quoteWord(isBelow ? short : path);
}

function quoteWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
