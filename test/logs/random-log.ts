/** Deterministic numbers in [0, 1) (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ALPHABET = ['a', 'Z', '0', ' ', 'é', 'ß', '漢', '字', '🚀', '👩‍🚀', '\t', '{"a":1}', '\r', '"'];

/** A log of up to some 100 KB: lines of any length, empty ones, LF and CRLF, characters of 1 to 4 bytes, with or without final newline. */
export function randomLog(random: () => number): string {
  const lines = Math.floor(random() ** 2 * 300);
  let text = '';
  for (let line = 0; line < lines; line += 1) {
    const length = random() < 0.02 ? Math.floor(random() * 30_000) : Math.floor(random() ** 3 * 120);
    for (let at = 0; at < length; at += 1) text += ALPHABET[Math.floor(random() * ALPHABET.length)] ?? '';
    text += random() < 0.2 ? '\r\n' : '\n';
  }
  return random() < 0.4 ? `${text}unfinished 漢🚀` : text;
}

/** What the tail has to be, the simple way. */
export function naiveLastLines(text: string, count: number): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return (count === 0 ? [] : lines.slice(-count)).map((line) => line.replace(/\r$/, ''));
}
