/** Where an app's object literal stands in the text of a PM2 file. */
export interface AppBlock {
  /** Index of its `{`, and of the matching `}`. */
  readonly open: number;
  readonly close: number;
}

export interface AppList {
  /** Where a key beside `apps` can go; `undefined` where `apps` is a variable, or the file exports a list. */
  readonly keyAt: number | undefined;
  readonly apps: readonly AppBlock[];
}

/** Strings, templates, comments and regular expressions (after `=`, `(`, `,` or `:`), which may hold any bracket. */
const OPAQUE =
  /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<=[=(,:]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;

const KEY = /(?<![\w$.])(["']?)apps\1\s*([:=])\s*\[/g;
const EXPORTED_LIST = /module\.exports\s*=\s*\[/g;

/** Finds the apps that are written down as objects in a list. Empty when the file computes them: then nothing can be put in. */
export function findApps(text: string): AppList {
  const code = blankOpaque(text);
  // A quoted key is blanked in `code`: its place is found in the text, and its bracket must be code.
  const key = [...text.matchAll(KEY)].find((match) => code.charAt(match.index + match[0].length - 1) === '[');
  const list = key ?? [...code.matchAll(EXPORTED_LIST)][0];
  if (list === undefined) return { keyAt: undefined, apps: [] };
  const apps = blocksIn(code, list.index + list[0].length);
  return { keyAt: key?.[2] === ':' ? key.index : undefined, apps };
}

/** The same text, of the same length, with blanks in place of what is no code. */
export function blankOpaque(text: string): string {
  return text.replaceAll(OPAQUE, (part) => part.replaceAll(/[^\n]/g, ' '));
}

function blocksIn(code: string, from: number): readonly AppBlock[] {
  const apps: AppBlock[] = [];
  let depth = 1;
  let open = -1;
  for (let at = from; at < code.length && depth > 0; at++) {
    const character = code.charAt(at);
    if ('([{'.includes(character)) {
      if (depth === 1) open = character === '{' ? at : -1;
      depth++;
    } else if (')]}'.includes(character)) {
      depth--;
      if (depth === 1 && open >= 0 && character === '}') apps.push({ open, close: at });
      if (depth === 1) open = -1;
    }
  }
  return apps;
}
