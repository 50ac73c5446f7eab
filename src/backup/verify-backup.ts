import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { BackedUpFile, BackupIndex } from '../core/backup-index.js';
import { findRefusal, type RestoreLimits } from '../core/restore-plan.js';
import { refuseRestore, unsound } from './backup-errors.js';
import { describeDatabase, findDamage } from './check-database.js';
import { hashFile } from './durable.js';
import { readIndex } from './index-file.js';

/** A backup of which every byte was checked. */
export interface VerifiedBackup {
  readonly folder: string;
  readonly index: BackupIndex;
}

/**
 * Checks a backup whole, and writes nothing: the index, whether it belongs here, every file's size and checksum, and SQLite's own
 * check of every copy.
 *
 * @throws {SigctlError} `BACKUP_NOT_FOUND`, `BACKUP_INCOMPLETE`, `BACKUP_INDEX_INVALID`, `BACKUP_OTHER_STACK`, `BACKUP_TOO_NEW`,
 * `BACKUP_FILE_MISSING`, `BACKUP_FILE_TRUNCATED`, `BACKUP_FILE_CORRUPT`, `BACKUP_DATABASE_BROKEN`.
 */
export async function verifyBackup(
  folder: string,
  limits: RestoreLimits,
  onStep: (text: string) => void,
): Promise<VerifiedBackup> {
  const index = readIndex(folder);
  const refusal = findRefusal(index, limits);
  if (refusal !== undefined) throw refuseRestore(folder, refusal);
  const files = [index.manifest, ...index.databases];
  for (const file of files) checkSize(folder, file);
  for (const file of files) {
    onStep(`checking ${file.name}`);
    if ((await hashFile(join(folder, file.name))) !== file.sha256) throw corrupt(folder, file.name);
  }
  for (const { name, userVersion } of index.databases) checkDatabase(folder, name, userVersion);
  return { folder, index };
}

export function corrupt(folder: string, name: string) {
  return unsound('BACKUP_FILE_CORRUPT', folder, `"${name}" is not the file that was backed up (its checksum is wrong)`);
}

function checkSize(folder: string, { name, bytes }: BackedUpFile): void {
  const found = statSync(join(folder, name), { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) throw unsound('BACKUP_FILE_MISSING', folder, `"${name}" is missing`);
  if (found.size === bytes) return;
  throw unsound('BACKUP_FILE_TRUNCATED', folder, `"${name}" has ${found.size} bytes, expected ${bytes}`);
}

function checkDatabase(folder: string, name: string, userVersion: number): void {
  const path = join(folder, name);
  const damage = findDamage(path) ?? versionFault(path, userVersion);
  if (damage !== undefined) throw unsound('BACKUP_DATABASE_BROKEN', folder, `"${name}": ${damage}`);
}

function versionFault(path: string, expected: number): string | undefined {
  const { userVersion } = describeDatabase(path);
  return userVersion === expected ? undefined : `its version is ${userVersion}, and the index says ${expected}`;
}
