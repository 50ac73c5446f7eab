/** What of a line is about another machine. */
export type HostPart =
  /** The short name itself is being typed, with its `@`. */
  | { readonly kind: 'name'; readonly start: string }
  /** What is run over there, or here: the line without the host. */
  | { readonly kind: 'line'; readonly words: readonly string[] };

/** Takes the host out of a line that is being typed, the word under the cursor last. Pure. */
export function findHostPart(words: readonly string[]): HostPart {
  // bash takes `@prod` apart: its words are broken at every `@`.
  const [first = '', second, ...others] = words;
  const line = first === '@' && second !== undefined ? [`@${second}`, ...others] : words;
  const [host = '', ...rest] = line;
  if (!host.startsWith('@')) return { kind: 'line', words: withoutOption(line) };
  return rest.length === 0 ? { kind: 'name', start: host } : { kind: 'line', words: rest };
}

/** Without `--host <address>`, unless it is that address which is being typed. */
function withoutOption(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => word === '--host' || word.startsWith('--host='));
  const length = words[at] === '--host' ? 2 : 1;
  const isTyped = at < 0 || at + length >= words.length || words[at + 1] === '=';
  return isTyped ? words : [...words.slice(0, at), ...words.slice(at + length)];
}
