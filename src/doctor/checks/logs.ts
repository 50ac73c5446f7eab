import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../../core/size.js';
import type { CheckDeps } from '../check-deps.js';
import { listFolder } from '../list-folder.js';
import { type CheckFinding, ok, warning } from '../report.js';
import { count } from '../words.js';

const LARGE_BYTES = 1024 ** 3;
/** How many of the largest are named. */
const NAMED = 3;

export interface LogFile {
  readonly path: string;
  readonly bytes: number;
}

/** How much the logs take, rotated parts included. */
export function checkLogs({ paths, show }: CheckDeps): readonly CheckFinding[] {
  return [judgeLogs(readLogFiles(paths.logs), show)];
}

function readLogFiles(folder: string): readonly LogFile[] {
  return listFolder(folder).flatMap((name) => {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ path: join(folder, name), bytes: stats.size }] : [];
  });
}

/** Pure. */
export function judgeLogs(files: readonly LogFile[], show: CheckDeps['show']): CheckFinding {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const total = `${count(files.length, 'log file')}, ${formatSize(totalBytes)} together`;
  if (totalBytes <= LARGE_BYTES) return ok(total);
  const largest = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, NAMED);
  const [first] = largest.map(({ path }) => show(path));
  return warning({
    code: 'LOGS_LARGE',
    evidence: `${total}, above ${formatSize(LARGE_BYTES)}. The largest: ${largest.map(({ path, bytes }) => `${show(path)} ${formatSize(bytes)}`).join(', ')}`,
    mend: `gzip -c ${first} > ${first}.saved.gz && truncate -s 0 ${first} (lines written in between are lost)`,
  });
}
