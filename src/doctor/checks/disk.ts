import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatSize } from '../../core/size.js';
import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, orOk, warning } from '../report.js';
import { listSome } from '../words.js';

const MB = 1024 ** 2;
const LOW = { bytes: 1024 * MB, share: 0.05 };
const OUT = { bytes: 200 * MB, share: 0.01 };

/** One file system, and the folders of this stack that lie on it. */
export interface DiskSituation {
  readonly folders: readonly string[];
  /** Free for a user who is not root. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Files that can still be made, of how many; 0 of 0 where the file system does not count them. */
  readonly freeFiles: number;
  readonly totalFiles: number;
}

/** Free space and free inodes where state, data and logs lie. */
export function checkDisk({ paths, show }: CheckDeps): readonly CheckFinding[] {
  const disks = readDisks([paths.home, paths.data, paths.logs], show);
  const seen = disks.map(({ freeBytes, totalBytes }) => `${formatSize(freeBytes)} of ${formatSize(totalBytes)} free`);
  return orOk(disks.flatMap(judgeDisk), seen.join('; '));
}

function readDisks(folders: readonly string[], show: CheckDeps['show']): readonly DiskSituation[] {
  const byDevice = new Map<number, { readonly place: string; readonly folders: string[] }>();
  for (const folder of folders) {
    const place = nearestExisting(folder);
    const device = statSync(place).dev;
    const known = byDevice.get(device) ?? { place, folders: [] };
    known.folders.push(show(folder));
    byDevice.set(device, known);
  }
  return [...byDevice.values()].map((entry) => {
    const { bavail, bsize, blocks, ffree, files } = statfsSync(entry.place);
    return {
      folders: entry.folders,
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      freeFiles: ffree,
      totalFiles: files,
    };
  });
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));
}

/** Pure. */
export function judgeDisk(disk: DiskSituation): readonly CheckFinding[] {
  return [...judgeSpace(disk), ...judgeFiles(disk)];
}

function judgeSpace({ folders, freeBytes, totalBytes }: DiskSituation): readonly CheckFinding[] {
  if (totalBytes === 0) return [];
  const share = freeBytes / totalBytes;
  const below = [OUT, LOW].find((limit) => freeBytes < limit.bytes || share < limit.share);
  if (below === undefined) return [];
  const report = {
    code: 'DISK_LOW',
    subject: listSome(folders),
    evidence: `${formatSize(freeBytes)} of ${formatSize(totalBytes)} free (${percent(share)}), below ${formatSize(below.bytes)} or ${percent(below.share)}: when it is full, services lose log lines and rows`,
    mend: `du -xh ${folders.join(' ')} | sort -h | tail shows what is large`,
  } as const;
  return [below === OUT ? error(report) : warning(report)];
}

function judgeFiles({ folders, freeFiles, totalFiles }: DiskSituation): readonly CheckFinding[] {
  if (totalFiles === 0 || freeFiles / totalFiles >= OUT.share) return [];
  return [
    warning({
      code: 'INODES_LOW',
      subject: listSome(folders),
      evidence: `${freeFiles} of ${totalFiles} inodes free (${percent(freeFiles / totalFiles)}): no new file can be made when they are used up`,
      mend: 'df -i shows them; delete what is many and small',
    }),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
