/** An object that is no array: what a manifest calls a block. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Deep copy as plain objects and arrays, keys that are `undefined` left out (`env: { TOKEN: process.env.TOKEN }` in a shell
 * without it). Functions and regular
 * expressions stay as they are, for validation to judge. `undefined` when the value holds itself.
 */
export function copyPlain(value: unknown): unknown {
  const cyclic = Symbol('cyclic');
  const ancestors: unknown[] = [];
  const copy = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null || item instanceof RegExp) return item;
    if (ancestors.includes(item)) throw cyclic;
    ancestors.push(item);
    const made = Array.isArray(item) ? item.map(copy) : copyEntries(item);
    ancestors.pop();
    return made;
  };
  const copyEntries = (item: object): Record<string, unknown> => {
    const made: Record<string, unknown> = {};
    // "__proto__" too becomes a key like any other.
    for (const [key, entry] of Object.entries(item)) {
      if (entry === undefined) continue;
      if (key === '__proto__') Object.defineProperty(made, key, { value: copy(entry), enumerable: true });
      else made[key] = copy(entry);
    }
    return made;
  };
  try {
    return copy(value);
  } catch (error) {
    if (error === cyclic) return undefined;
    throw error;
  }
}
