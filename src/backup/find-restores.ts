import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRestoreJournal, type RestoreJournal } from '../core/restore-journal.js';
import { codeOf } from './error-code.js';
import { journalUnreadable, restoreUnfinished } from './restore-errors.js';

// Apart from what makes and removes them: every command that looks asks whether there is an unfinished one.

export const PREFIX = 'restore-';
export const JOURNAL = 'journal.json';

/** Folder of one restore, `.sigctl/restore-<stamp>`: `new/` to be put in place, `old/` what was moved aside, and the journal. */
export interface RestoreFolder {
  readonly path: string;
  readonly incoming: string;
  readonly aside: string;
}

/** A restore that was cut short, or whose old files are kept. */
export interface FoundRestore {
  readonly folder: RestoreFolder;
  readonly journal: RestoreJournal;
}

/** Restores that left a journal, oldest first. Costs one look into `.sigctl`. @throws {SigctlError} `RESTORE_JOURNAL_INVALID`. */
export function findRestores(home: string): readonly FoundRestore[] {
  return listFolders(home).flatMap((folder) => {
    const journal = readJournal(folder);
    return journal === undefined ? [] : [{ folder, journal }];
  });
}

/** Refuses while old and new databases may be mixed. @throws {SigctlError} `RESTORE_UNFINISHED` (exit 4). */
export function requireNoUnfinishedRestore(home: string): void {
  const mixed = findRestores(home).find(({ journal }) => journal.phase === 'replacing');
  if (mixed !== undefined) throw restoreUnfinished(home, mixed.journal.backup);
}

/** Every folder of a restore, also without a journal, oldest first. */
export function listFolders(home: string): readonly RestoreFolder[] {
  try {
    return readdirSync(home)
      .filter((name) => name.startsWith(PREFIX))
      .sort()
      .map((name) => restoreFolderAt(join(home, name)));
  } catch (error) {
    // No state yet.
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The places in the folder of a restore. */
export function restoreFolderAt(path: string): RestoreFolder {
  return { path, incoming: join(path, 'new'), aside: join(path, 'old') };
}

export function readJournal(folder: RestoreFolder): RestoreJournal | undefined {
  const path = join(folder.path, JOURNAL);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const journal = parseText(text);
  if (journal === undefined) throw journalUnreadable(path);
  return journal;
}

function parseText(text: string): RestoreJournal | undefined {
  try {
    return parseRestoreJournal(JSON.parse(text));
  } catch {
    // Not JSON: as unreadable as any other.
    return undefined;
  }
}
