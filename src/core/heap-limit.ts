/** The limit that a command line or `NODE_OPTIONS` sets for V8's old generation; `undefined` when none is set. */
export function heapLimitOf(texts: readonly string[]): number | undefined {
  const found = texts.flatMap((text) => [...text.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)/g)]).at(-1)?.[1];
  return found === undefined ? undefined : Number(found) * 1024 ** 2;
}
