import { statSync } from 'node:fs';
import type { Remedy } from '../../core/finding.js';
import { formatSize } from '../../core/size.js';
import { inspectDatabase } from '../../store/inspect-database.js';
import { tryTruncateWal } from '../../store/truncate-wal.js';
import { type FixDeps, type FixResult, fixed, left } from './fix-deps.js';

/** Moves a large write-ahead log into its database. A damaged database is left: its log may hold what is missing. */
export function truncateLog({ path }: Extract<Remedy, { kind: 'checkpoint' }>, { show }: FixDeps): FixResult {
  if (inspectDatabase(path, 'quick_check').kind !== 'sound')
    return left('the database is not sound, and its log may hold what is missing');
  const before = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (!tryTruncateWal(path)) return left('a reader or writer still needs the log: end it, or try again');
  return fixed(`moved ${formatSize(before)} of log into ${show(path)}`);
}
