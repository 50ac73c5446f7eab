import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { unsound } from './backup-errors.js';
import { findDamage } from './check-database.js';
import { copyFileDurably, syncPath } from './durable.js';
import type { RestoreFolder } from './find-restores.js';
import { corrupt, type VerifiedBackup } from './verify-backup.js';

/**
 * Copies the databases of a backup beside the live ones, checked once more, so that what is put in place later is only renamed:
 * a full disk or a backup that goes away shows before anything was stopped.
 *
 * @throws {SigctlError} `BACKUP_FILE_CORRUPT`, `BACKUP_DATABASE_BROKEN`; the error of the file system, e.g. ENOSPC.
 */
export async function stageRestore(
  { folder, index }: VerifiedBackup,
  to: RestoreFolder,
  { onStep, signal }: { readonly onStep: (text: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  for (const { name, sha256, wal } of index.databases) {
    onStep(`copying ${name}`);
    const staged = join(to.incoming, name);
    if ((await copyFileDurably(join(folder, name), staged, signal)) !== sha256) throw corrupt(folder, name);
    const damage = findDamage(staged);
    if (damage !== undefined) throw unsound('BACKUP_DATABASE_BROKEN', folder, `"${name}": ${damage}`);
    if (wal) switchToWal(staged);
  }
  for (const path of [join(to.incoming, 'data'), to.incoming]) syncPath(path);
}

/** The original was in WAL mode, which its programs rely on. The mode is in the file; closing leaves no other file behind. */
function switchToWal(path: string): void {
  const db = new BetterSqlite3(path, { fileMustExist: true });
  try {
    db.pragma('journal_mode = WAL');
  } finally {
    db.close();
  }
  syncPath(path);
}
