import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RestoreJournal } from '../core/restore-journal.js';
import { writeDurably } from './durable.js';
import {
  findRestores,
  JOURNAL,
  listFolders,
  PREFIX,
  type RestoreFolder,
  readJournal,
  restoreFolderAt,
} from './find-restores.js';

/** Makes the folder (0700) of a restore. It counts for nothing until it has a journal. */
export function makeRestoreFolder(home: string, atMs: number): RestoreFolder {
  const folder = restoreFolderAt(join(home, `${PREFIX}${new Date(atMs).toISOString().replace(/[-:.]/g, '')}`));
  for (const part of [folder.path, folder.incoming, folder.aside]) {
    mkdirSync(part, { mode: 0o700 });
    mkdirSync(join(part, 'data'), { mode: 0o700, recursive: true });
  }
  return folder;
}

/** From here on the restore is on record, whole, also across a power cut. */
export function writeJournal(folder: RestoreFolder, journal: RestoreJournal): void {
  writeDurably(join(folder.path, JOURNAL), `${JSON.stringify(journal, null, 2)}\n`);
}

/**
 * Removes a restore's folder, the journal first: without it the rest counts for nothing. Its phase is `stopping` or `placed` by
 * now, so that a journal which a power cut brings back does no harm.
 */
export function removeRestoreFolder(folder: RestoreFolder): void {
  rmSync(join(folder.path, JOURNAL), { force: true });
  rmSync(folder.path, { recursive: true, force: true });
}

/** Removes what restores left behind that never got as far as a journal. */
export function removeAbandoned(home: string): void {
  for (const folder of listFolders(home)) if (readJournal(folder) === undefined) removeRestoreFolder(folder);
}

/**
 * Forgets restores that were killed before they touched a database, and says of each what it had stopped. The caller holds the
 * stack's lock, so that none of them is at work.
 */
export function dropEarlyRestores(home: string): readonly string[] {
  const early = findRestores(home).filter(({ journal }) => journal.phase === 'stopping');
  return early.map(({ folder, journal }) => {
    removeRestoreFolder(folder);
    const stopped = journal.services.length === 0 ? '' : `; it was stopping ${journal.services.join(', ')}`;
    return `the restore of "${journal.backup}" was interrupted before it changed a database${stopped}`;
  });
}
