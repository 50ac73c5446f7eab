import { quoteWord, type ShellVariable } from './shell-words.js';

/** Text with variables in it, which the tool that read it filled in before any shell. */
export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly variable: ShellVariable };

export type Template = readonly TemplatePiece[];

/** The text of a template without variables. */
export function literalOf(template: Template): string | undefined {
  return template.every((piece) => piece.kind === 'text') ? template.map((piece) => piece.text).join('') : undefined;
}

/** The text with each default filled in; `undefined` when a variable has none. */
export function withFallbacks(template: Template): string | undefined {
  const texts = template.map((piece) => (piece.kind === 'text' ? piece.text : piece.variable.fallback));
  return texts.every((text) => text !== undefined) ? texts.join('') : undefined;
}

export function variablesOf(template: Template): readonly ShellVariable[] {
  return template.flatMap((piece) => (piece.kind === 'variable' ? [piece.variable] : []));
}

/** A word of `sh` that becomes the same. A variable alone is not quoted, as it may hold several words. */
export function shellWordOf(template: Template): string {
  const [only] = template;
  if (template.length === 1 && only?.kind === 'variable') return reference(only.variable);
  const words = template.map((piece) =>
    piece.kind === 'variable' ? `"${reference(piece.variable)}"` : piece.text === '' ? '' : quoteWord(piece.text),
  );
  return words.join('') || "''";
}

/** For a text that goes to a shell in any case: its variables are the shell's. */
export function shellTextOf(template: Template): string {
  return template.map((piece) => (piece.kind === 'variable' ? reference(piece.variable) : piece.text)).join('');
}

function reference({ name, fallback }: ShellVariable): string {
  if (fallback === undefined) return `\${${name}}`;
  return `\${${name}:-${fallback.replaceAll(/["\\$`}]/g, '\\$&')}}`;
}
