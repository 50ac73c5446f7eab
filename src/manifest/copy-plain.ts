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
  const copy = (item: unknown, ancestors: readonly unknown[]): unknown => {
    if (typeof item !== 'object' || item === null || item instanceof RegExp) return item;
    if (ancestors.includes(item)) throw cyclic;
    const inside = [...ancestors, item];
    if (Array.isArray(item)) return item.map((element) => copy(element, inside));
    const kept = Object.entries(item).filter(([, entry]) => entry !== undefined);
    return Object.fromEntries(kept.map(([key, entry]) => [key, copy(entry, inside)]));
  };
  try {
    return copy(value, []);
  } catch (error) {
    if (error === cyclic) return undefined;
    throw error;
  }
}
