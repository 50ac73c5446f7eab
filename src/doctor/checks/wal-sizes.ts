import { statSync } from 'node:fs';
import { formatSize } from '../../core/size.js';
import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, orOk, warning } from '../report.js';
import { count } from '../words.js';
import { listDatabases } from './databases.js';

/** SQLite moves its log into the database at 4 MB; one this large is kept from it by a reader that never lets go. */
export const WAL_LARGE_BYTES = 64 * 1024 ** 2;

/** Write-ahead logs that grow without end. */
export function checkWalSizes({ paths, show }: CheckDeps): readonly CheckFinding[] {
  const files = listDatabases(paths).map((path) => ({ path, bytes: sizeOf(`${path}-wal`) }));
  const found = files.flatMap(({ path, bytes }) => judgeWal(path, bytes, show(path)));
  const largest = Math.max(0, ...files.map(({ bytes }) => bytes));
  return orOk(found, `${count(files.length, 'database')}, the largest write-ahead log has ${formatSize(largest)}`);
}

/** Pure. @param shown The path as it is typed. */
export function judgeWal(path: string, bytes: number, shown: string): readonly CheckFinding[] {
  if (bytes <= WAL_LARGE_BYTES) return [];
  return [
    warning({
      code: 'WAL_LARGE',
      subject: shown,
      evidence: `its write-ahead log has ${formatSize(bytes)}, above ${formatSize(WAL_LARGE_BYTES)}: each read searches it, and it takes disk space`,
      mend: `sqlite3 ${shown} 'PRAGMA wal_checkpoint(TRUNCATE)'`,
      remedy: { kind: 'checkpoint', path },
    }),
  ];
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
