const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A curve in one line of so many columns, the newest sample last. `null` is a gap.
 *
 * @param top What fills a whole column; less than the largest sample is taken as that.
 */
export function sparkline(values: readonly (number | null)[], columns: number, top: number): string {
  const shown = columns <= 0 ? [] : values.slice(-columns);
  const highest = Math.max(top, ...shown.map((value) => value ?? 0));
  return shown
    .map((value) => (value === null ? ' ' : level(value / highest)))
    .join('')
    .padStart(columns);
}

function level(share: number): string {
  const index = Math.min(LEVELS.length - 1, Math.max(0, Math.floor(share * LEVELS.length)));
  return LEVELS[Number.isNaN(index) ? 0 : index] ?? LEVELS[0];
}
