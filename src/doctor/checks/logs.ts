import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../../core/size.js';
import { processKeys } from '../../core/stack.js';
import { canCollapseRange } from '../../process/collapse-range.js';
import { type HomePaths, lockPath } from '../../process/home.js';
import { isAlive } from '../../process/identity.js';
import { readLaunchRecord } from '../../process/launch-record.js';
import { reopensLog } from '../../process/log-reopening.js';
import type { CheckDeps } from '../check-deps.js';
import { listFolder } from '../list-folder.js';
import { type CheckFinding, ok, warning } from '../report.js';
import { count } from '../words.js';

const LARGE_BYTES = 1024 ** 3;
/** A log is above its total for moments only, by as much as is written meanwhile. */
const TOLERANCE = 1.2;
/** How many of the largest are named. */
const NAMED = 3;

export interface LogFile {
  readonly path: string;
  readonly bytes: number;
}

/** How much the logs take, rotated parts included, and which of them cannot be rotated without loss. */
export async function checkLogs(deps: CheckDeps): Promise<readonly CheckFinding[]> {
  const { paths, show, stack } = deps;
  const allowedBytes = stack?.services.reduce((sum, spec) => sum + spec.logs.keepBytes * spec.instances, 0) ?? 0;
  return [
    judgeLogs(readLogFiles(paths.logs), show, Math.max(LARGE_BYTES, allowedBytes * TOLERANCE)),
    ...judgeRotation(await readLossyKeys(deps), show(paths.logs)),
  ];
}

/** The running services whose logs are copied and truncated, as nothing better works where they lie. */
async function readLossyKeys({ paths, stack }: CheckDeps): Promise<readonly string[]> {
  const keys = (stack?.services ?? []).flatMap(processKeys).filter((key) => runs(paths, key));
  if (keys.length === 0 || (await cutsHeads(paths.logs))) return [];
  return keys.filter((key) => !reopensLog(paths.run, key));
}

function runs(paths: HomePaths, key: string): boolean {
  const record = readLaunchRecord(lockPath(paths, key));
  return record !== undefined && isAlive(record.identity);
}

async function cutsHeads(folder: string): Promise<boolean> {
  try {
    return await canCollapseRange(folder);
  } catch {
    // No room or no right to try it: other checks tell of that, and this one claims nothing.
    return true;
  }
}

/** Pure. */
export function judgeRotation(lossyKeys: readonly string[], folder: string): readonly CheckFinding[] {
  if (lossyKeys.length === 0) return [];
  return [
    warning({
      code: 'LOG_ROTATION_LOSSY',
      evidence: `the file system of ${folder} cannot cut the head off a file (ext4 and xfs can, with fallocate and flock installed), so these logs are copied and truncated, and a line written at that moment may be lost: ${lossyKeys.join(', ')}`,
      mend: `put ${folder} on ext4 or xfs, or build the service on sigctl/service, which opens its log anew`,
    }),
  ];
}

function readLogFiles(folder: string): readonly LogFile[] {
  return listFolder(folder).flatMap((name) => {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ path: join(folder, name), bytes: stats.size }] : [];
  });
}

/** Pure. */
export function judgeLogs(
  files: readonly LogFile[],
  show: CheckDeps['show'],
  limitBytes: number = LARGE_BYTES,
): CheckFinding {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const total = `${count(files.length, 'log file')}, ${formatSize(totalBytes)} together`;
  if (totalBytes <= limitBytes) return ok(total);
  const largest = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, NAMED);
  return warning({
    code: 'LOGS_LARGE',
    evidence: `${total}, above ${formatSize(limitBytes)}. The largest: ${largest.map(({ path, bytes }) => `${show(path)} ${formatSize(bytes)}`).join(', ')}`,
    mend: 'sigctl status (the watchdog rotates logs and keeps each to its logs.keep), or lower logs.keep in the manifest',
  });
}
