import { existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_SUFFIXES, type JournaledFile, planUndo, type RestoreJournal } from '../core/restore-journal.js';
import { findDamage } from './check-database.js';
import { syncPath } from './durable.js';
import type { RestoreFolder } from './find-restores.js';
import { writeJournal } from './restore-folder.js';

export interface ReplaceRequest {
  /** The databases to put in place: `status.db`, `data/market.db`. */
  readonly names: readonly string[];
  readonly journal: RestoreJournal;
  readonly onJournal: (journal: RestoreJournal) => void;
}

/**
 * Puts staged databases in the place of the live ones, by renames: each database together with its `-wal`, `-shm` and `-journal`,
 * so that none of the old ones ever meets a new database. Nobody may have them open.
 *
 * The journal says `replacing` before the first rename. It stays there: the caller writes `placed`, or calls `undoReplace`.
 *
 * @param onJournal Called with that journal: should the rest throw, it says what there is to bring back.
 * @throws The error of the file system; `Error` when a database in place fails its check.
 */
export function replaceDatabases(
  home: string,
  folder: RestoreFolder,
  { names, journal, onJournal }: ReplaceRequest,
): void {
  mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 });
  const replacing: RestoreJournal = {
    ...journal,
    phase: 'replacing',
    files: names.flatMap((name) => family(home, name)),
  };
  writeJournal(folder, replacing);
  onJournal(replacing);
  for (const { name, existed } of replacing.files) if (existed) renameSync(join(home, name), join(folder.aside, name));
  syncFolders(folder.aside);
  for (const name of names) placeDatabase(home, folder, name);
  syncFolders(home);
  for (const name of names) {
    const damage = findDamage(join(home, name), 'writer');
    if (damage !== undefined) throw new Error(`"${name}" is damaged in place: ${damage}`);
  }
}

/** Brings the old files back and removes the new ones. May be repeated after it was cut short; the journal is left as it is. */
export function undoReplace(home: string, folder: RestoreFolder, journal: Pick<RestoreJournal, 'files'>): void {
  const isAside = (name: string): boolean => isThere(join(folder.aside, name));
  for (const { kind, name } of planUndo(journal.files, isAside)) {
    if (kind === 'bring-back') renameSync(join(folder.aside, name), join(home, name));
    if (kind === 'remove') rmSync(join(home, name), { force: true });
  }
  syncFolders(home);
}

/** Absolute paths of every file of these databases, there or not. */
export function databaseFiles(home: string, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => DATABASE_SUFFIXES.map((suffix) => join(home, `${name}${suffix}`)));
}

function family(home: string, name: string): readonly JournaledFile[] {
  return DATABASE_SUFFIXES.map((suffix) => `${name}${suffix}`).map((file) => ({
    name: file,
    existed: isThere(join(home, file)),
  }));
}

function placeDatabase(home: string, folder: RestoreFolder, name: string): void {
  renameSync(join(folder.incoming, name), join(home, name));
  // A stray reader may have made them anew between the renames. They belong to no database any more.
  for (const suffix of DATABASE_SUFFIXES) if (suffix !== '') rmSync(join(home, `${name}${suffix}`), { force: true });
}

/** A link counts, wherever it leads. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function syncFolders(root: string): void {
  for (const path of [join(root, 'data'), root]) if (existsSync(path)) syncPath(path);
}
