/** A block of a parsed file: an object that is no list. */
export type Block = Readonly<Record<string, unknown>>;

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The block under a key, or an empty one. */
export function blockAt(block: Block, key: string): Block {
  const value = Object.hasOwn(block, key) ? block[key] : undefined;
  return isBlock(value) ? value : {};
}

/** Text, and numbers and flags as text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The texts of a list, or of a single text. */
export function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => textOf(item) ?? []);
}
