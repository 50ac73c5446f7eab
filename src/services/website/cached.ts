/**
 * Reads at most once per `maxAgeMs`, however many ask, so that a hundred open pages cost as much as one.
 * A clock that was set back makes the value old, not eternal.
 */
export function cached<T>(read: () => T, maxAgeMs: number, nowMs: () => number): () => T {
  let held: { readonly value: T; readonly atMs: number } | undefined;
  return () => {
    const ageMs = held === undefined ? Number.POSITIVE_INFINITY : nowMs() - held.atMs;
    if (held !== undefined && ageMs >= 0 && ageMs < maxAgeMs) return held.value;
    held = { value: read(), atMs: nowMs() };
    return held.value;
  };
}
