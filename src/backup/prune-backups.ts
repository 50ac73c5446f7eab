import { type Dirent, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type KnownBackup, planPrune } from '../core/backup-plan.js';
import { INDEX_FILE, readIndex } from './index-file.js';

/** The complete backups directly in a folder. What has no valid index is none. */
export function listBackups(target: string): readonly KnownBackup[] {
  return readFolder(target)
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => describe(join(target, entry.name)) ?? []);
}

/** Removes the older backups of a stack beyond `keep`, counting `made`, and nothing else. Returns the folders removed. */
export function pruneBackups(request: {
  readonly stack: string;
  readonly made: string;
  readonly keep: number;
}): readonly string[] {
  const folders = planPrune(listBackups(dirname(request.made)), request);
  for (const folder of folders) {
    // First, so that one that is half removed does not pass for a backup.
    rmSync(join(folder, INDEX_FILE));
    rmSync(folder, { recursive: true, force: true });
  }
  return folders;
}

function readFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Missing or not to be read: there is no backup to be seen.
    return [];
  }
}

function describe(folder: string): KnownBackup | undefined {
  try {
    const { stack, asOf } = readIndex(folder);
    return { folder, stack, asOfMs: Date.parse(asOf) };
  } catch {
    // No index, a damaged one, or not to be read by us: no backup that we know anything about.
    return undefined;
  }
}
