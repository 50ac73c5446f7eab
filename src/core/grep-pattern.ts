/** A regular expression as people type it, or where and why it is none. */
export type ParsedPattern =
  | { readonly ok: true; readonly pattern: RegExp }
  /** `at` counts characters from 0. */
  | { readonly ok: false; readonly at: number; readonly why: string };

/** Compiles a JavaScript regular expression. */
export function parsePattern(text: string, { ignoreCase }: { readonly ignoreCase: boolean }): ParsedPattern {
  const fault = faultOf(text);
  if (fault !== undefined) return { ok: false, at: firstBadCharacter(text), why: fault };
  return { ok: true, pattern: new RegExp(text, ignoreCase ? 'i' : '') };
}

/** The engine's reason, without the pattern that it repeats: `Unterminated group`. */
function faultOf(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(error.message.lastIndexOf(': ') + 2) : String(error);
  }
}

/** What is open at the end of the first part of a pattern. */
interface OpenParts {
  /** Where the groups begin that are not closed. */
  readonly groups: readonly number[];
  /** Where the class begins that is not closed. */
  readonly classAt: number | undefined;
}

/**
 * The engine does not say where. It is the first character at which no rest would make the pattern whole; where there is
 * none, something was left open: the class, else the innermost group, else a backslash at the end.
 */
function firstBadCharacter(text: string): number {
  let open: OpenParts = { groups: [], classAt: undefined };
  for (let at = 0; at < text.length; at += 1) {
    const isEscape = text[at] === '\\';
    if (isEscape) at += 1;
    else open = openAfter(open, text, at);
    if (at < text.length && !canBecomeWhole(text.slice(0, at + 1), open)) return at;
  }
  return open.classAt ?? open.groups.at(-1) ?? text.length - 1;
}

function openAfter({ groups, classAt }: OpenParts, text: string, at: number): OpenParts {
  const character = text[at];
  if (classAt !== undefined) return { groups, classAt: character === ']' ? undefined : classAt };
  if (character === '[') return { groups, classAt: at };
  if (character === '(') return { groups: [...groups, at], classAt };
  return { groups: character === ')' ? groups.slice(0, -1) : groups, classAt };
}

/** What can follow `(?`, `(?<` and `(?<name`. */
const GROUP_STARTS = ['', ':', '=', 'a>', '>'];

function canBecomeWhole(start: string, { groups, classAt }: OpenParts): boolean {
  const end = `${classAt === undefined ? '' : ']'}${')'.repeat(groups.length)}`;
  return GROUP_STARTS.some((rest) => faultOf(`${start}${rest}${end}`) === undefined);
}
