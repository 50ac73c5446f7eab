import { Chalk } from 'chalk';
import type { BackupIndex } from '../core/backup-index.js';
import { formatSize } from '../core/size.js';

/** A finished backup: where it is, what is in it, and which older ones made room. */
export function renderBackup(
  {
    place,
    typed,
    index,
    removed,
  }: {
    readonly place: string;
    readonly typed: string;
    readonly index: BackupIndex;
    readonly removed: readonly string[];
  },
  colour: boolean,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const width = Math.max(...index.databases.map(({ name }) => name.length));
  return [
    `${paint.green('✔')} Backup of ${paint.bold(index.stack)} as of ${index.asOf}`,
    `  ${place}`,
    ...index.databases.map(({ name, bytes, tables }) => {
      const rows = tables?.reduce((sum, table) => sum + table.rows, 0);
      return `  ${name.padEnd(width)}  ${formatSize(bytes).padStart(7)}${rows === undefined ? '' : `  ${rows} rows`}`;
    }),
    ...removed.map((old) => `${paint.dim('-')} removed ${old}`),
    `${paint.dim('next:')} sigctl restore ${typed} --dry-run`,
  ].join('\n');
}
