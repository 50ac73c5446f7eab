/** Synchronised update (a terminal that does not know it passes it over): no half-drawn frame is seen. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const RESET = '\u001b[0m';

/** What turns the screen that shows `before` into one that shows `after`; empty when nothing differs. Pure. */
export function screenDiff(before: readonly string[], after: readonly string[]): string {
  const rows = Math.max(before.length, after.length);
  let changes = '';
  for (let row = 0; row < rows; row += 1) {
    const line = after[row] ?? '';
    // Erased first: an erasure after a full line would take its last column away on some terminals.
    if (line !== before[row]) changes += `\u001b[${row + 1};1H${RESET}\u001b[2K${line}${RESET}`;
  }
  return changes === '' ? '' : `${BEGIN}${changes}${END}`;
}
