/** Control characters, line breaks of every kind, and marks that turn the direction of text around. */
const HARMFUL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A string literal in single quotes that shows every character that could mislead as an escape. */
export function jsString(text: string): string {
  const inside = text
    .replaceAll(/[\\']/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(HARMFUL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `'${inside}'`;
}

/** A key of an object, quoted where it has to be. */
export function jsKey(key: string): string {
  // A quoted "__proto__" would still be the prototype; as a computed key it is a name like any other.
  if (key === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : jsString(key);
}

/** Text of unknown origin as a part of one `//` comment. */
export function commentText(text: string): string {
  return text.replaceAll(HARMFUL, ' ').replaceAll(/\s+/g, ' ').trim();
}

/** `['a', 'b']`, `{ A: 'b' }` on one line; texts, numbers, flags, null, lists and blocks of them. */
export function jsValue(value: unknown): string {
  if (typeof value === 'string') return jsString(value);
  if (Array.isArray(value)) return `[${value.map(jsValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, entry]) => `${jsKey(key)}: ${jsValue(entry)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return String(value);
}
