import { median } from './median.js';
import { type BenchCommand, runCommand } from './stack.js';

export interface Timed {
  readonly what: string;
  /** Milliseconds from start to exit. */
  readonly medianMs: number;
  readonly minMs: number;
}

/** Times commands in turn, so that a noisy moment of the machine meets all of them. The first round warms the file cache and is not counted. */
export function timeInTurn(commands: Readonly<Record<string, BenchCommand>>, runs: number): readonly Timed[] {
  const entries = Object.entries(commands);
  const times = new Map<string, number[]>(entries.map(([what]) => [what, []]));
  for (let round = 0; round <= runs; round += 1) {
    for (const [what, command] of entries) {
      const startedMs = performance.now();
      runCommand(command);
      if (round > 0) times.get(what)?.push(performance.now() - startedMs);
    }
  }
  return [...times].map(([what, all]) => ({ what, medianMs: median(all), minMs: Math.min(...all) }));
}

/** A Markdown table; the first row is what the others are held against. */
export function renderTimes(title: string, times: readonly Timed[]): string {
  const [base] = times;
  if (base === undefined) return '';
  const cell = (ms: number, baseMs: number): string => `${ms.toFixed(1)} ms (${(ms / baseMs).toFixed(2)} x)`;
  const rows = times.map(({ what, medianMs, minMs }) => [what, cell(medianMs, base.medianMs), cell(minMs, base.minMs)]);
  const table = [[title, 'median', 'minimum'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}
