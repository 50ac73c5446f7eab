/** Enough to recognise a value, short enough for one line of a terminal. */
const MAX_FOUND_LENGTH = 60;

/**
 * A value of the manifest for people: scalars and lists of scalars as JSON, cut at 60 characters; anything deeper only by
 * its outline, since an object may hold an `env` block.
 */
export function describeFound(value: unknown): string {
  if (typeof value === 'string' || (Array.isArray(value) && value.every(isScalar)))
    return shorten(JSON.stringify(value));
  if (value instanceof RegExp) return shorten(String(value));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty object' : shorten(`an object with ${keys.join(', ')}`);
  }
  return isScalar(value) ? String(value) : describeType(value);
}

/** Only what kind of value it is: for variables and arguments, which may be secrets. */
export function describeType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function shorten(text: string): string {
  return text.length <= MAX_FOUND_LENGTH ? text : `${text.slice(0, MAX_FOUND_LENGTH - 1)}…`;
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}
