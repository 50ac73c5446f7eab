import { mkdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { BACKUP_SCHEMA_VERSION, type BackedUpFile, type BackupIndex, type DatabaseCopy } from '../core/backup-index.js';
import { backupFolderName } from '../core/backup-plan.js';
import {
  backupFailure,
  backupInterrupted,
  nothingToBackUp,
  sourceDamaged,
  targetInsideState,
} from './backup-errors.js';
import { describeDatabase, findDamage } from './check-database.js';
import { listDatabases } from './databases.js';
import { copyFileDurably, hashFile, syncPath } from './durable.js';
import { writeIndex } from './index-file.js';
import { openSnapshot, type Snapshot } from './snapshot.js';

export interface BackupRequest {
  readonly stack: string;
  /** `.sigctl`, absolute. */
  readonly home: string;
  readonly manifestPath: string;
  /** Folder that holds backups; created (0700) where missing. */
  readonly target: string;
  readonly sigctlVersion: string;
  readonly nowMs: () => number;
  /** Reads the mode in force; `null` when none was chosen or it cannot be read. */
  readonly readMode: (statusDb: string) => string | null;
  /** What is being done, for people: `copying data/market.db 40%`. */
  readonly onStep: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface CreatedBackup {
  readonly folder: string;
  readonly index: BackupIndex;
}

/**
 * Copies every database and the manifest into a new folder below `target`, while services go on writing. All databases are
 * taken at one instant, `asOf`; each copy has passed SQLite's integrity check. On any fault nothing is left behind.
 *
 * @throws {SigctlError} `BACKUP_NOTHING`, `BACKUP_TARGET_INVALID`, `BACKUP_TARGET_NOT_WRITABLE`, `BACKUP_DISK_FULL`,
 * `BACKUP_INTERRUPTED`, `BACKUP_FAILED`, `DATABASE_BROKEN`.
 */
export async function createBackup(request: BackupRequest): Promise<CreatedBackup> {
  if (listDatabases(request.home).length === 0) throw nothingToBackUp(request.home);
  const { folder, made } = makeFolder(request);
  try {
    const index = await fillFolder(request, folder);
    return { folder, index };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    removeEmpty(folder, made);
    throw backupFailure(folder, error);
  }
}

/** @returns `made`: the topmost folder that did not exist before. */
function makeFolder({ stack, home, target, nowMs }: BackupRequest): { readonly folder: string; readonly made: string } {
  const wanted = join(target, backupFolderName(stack, nowMs()));
  let made: string | undefined;
  try {
    refuseInside(target, home);
    made = mkdirSync(target, { recursive: true, mode: 0o700 });
    const folder = join(realpathSync(target), basename(wanted));
    // Not recursive: a folder of this name is another backup.
    mkdirSync(folder, { mode: 0o700 });
    return { folder, made: made ?? folder };
  } catch (error) {
    if (made !== undefined) removeEmpty(wanted, made);
    throw backupFailure(wanted, error);
  }
}

function refuseInside(target: string, home: string): void {
  const state = realpathSync(home);
  const real = realOf(target);
  if (real === state || real.startsWith(`${state}${sep}`)) throw targetInsideState(target, home);
}

/** The real path of a folder that may not exist yet: links are followed as far as it does. */
function realOf(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined || path === dirname(path)) return realpathSync(path);
  return join(realOf(dirname(path)), basename(path));
}

/** Takes back the folders above `folder` that were made for it; one that holds something else stays. */
function removeEmpty(folder: string, made: string): void {
  for (
    let parent = dirname(folder);
    parent.length >= made.length && parent !== dirname(parent);
    parent = dirname(parent)
  ) {
    try {
      rmdirSync(parent);
    } catch {
      // Somebody else has put something there.
      return;
    }
  }
}

async function fillFolder(request: BackupRequest, folder: string): Promise<BackupIndex> {
  for (const part of ['data', 'manifest']) mkdirSync(join(folder, part), { mode: 0o700 });
  const asOf = new Date(request.nowMs()).toISOString();
  const snapshots = openAll(request.home);
  try {
    const databases: DatabaseCopy[] = [];
    for (const snapshot of snapshots) databases.push(await copyDatabase(request, snapshot, folder));
    const manifest = await copyManifest(request, folder);
    const { stack, sigctlVersion } = request;
    const mode = request.readMode(join(folder, 'status.db'));
    const index = { schemaVersion: BACKUP_SCHEMA_VERSION, sigctlVersion, stack, mode, asOf, manifest, databases };
    for (const part of ['data', 'manifest', '.']) syncPath(join(folder, part));
    writeIndex(folder, index);
    return index;
  } finally {
    for (const snapshot of snapshots) snapshot.close();
  }
}

/** `status.db` comes last: its lease generations must not be older than what their holders wrote elsewhere. */
function openAll(home: string): readonly Snapshot[] {
  const opened: Snapshot[] = [];
  try {
    for (const name of listDatabases(home)) opened.push(openSnapshot(name, join(home, name)));
    return opened;
  } catch (error) {
    for (const snapshot of opened) snapshot.close();
    throw error;
  }
}

async function copyDatabase(request: BackupRequest, snapshot: Snapshot, folder: string): Promise<DatabaseCopy> {
  const { name, wal } = snapshot;
  const path = join(folder, name);
  await snapshot.copyTo(path, ({ copiedPages, totalPages }) => {
    if (request.signal.aborted) throw backupInterrupted();
    request.onStep(`copying ${name} ${totalPages === 0 ? 100 : Math.floor((100 * copiedPages) / totalPages)}%`);
  });
  request.onStep(`checking ${name}`);
  const damage = findDamage(path);
  if (damage !== undefined) throw sourceDamaged(join(request.home, name), damage);
  syncPath(path);
  return { ...(await describeFile(path, name)), ...describeDatabase(path), wal };
}

async function copyManifest({ manifestPath }: BackupRequest, folder: string): Promise<BackedUpFile> {
  const name = `manifest/${basename(manifestPath)}`;
  await copyFileDurably(manifestPath, join(folder, name));
  return describeFile(join(folder, name), name);
}

async function describeFile(path: string, name: string): Promise<BackedUpFile> {
  return { name, bytes: statSync(path).size, sha256: await hashFile(path) };
}
