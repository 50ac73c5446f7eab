import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseRestoreJournal, type RestoreJournal } from '../core/restore-journal.js';
import { codeOf, journalUnreadable, restoreUnfinished } from './backup-errors.js';
import { writeDurably } from './durable.js';

const PREFIX = 'restore-';
const JOURNAL = 'journal.json';

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

/** Makes the folder (0700) of a restore. It counts for nothing until it has a journal. */
export function makeRestoreFolder(home: string, atMs: number): RestoreFolder {
  const folder = at(join(home, `${PREFIX}${new Date(atMs).toISOString().replace(/[-:.]/g, '')}`));
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

/** Restores that left a journal, oldest first. Costs one look into `.sigctl`. @throws {SigctlError} `RESTORE_JOURNAL_INVALID`. */
export function findRestores(home: string): readonly FoundRestore[] {
  return listFolders(home).flatMap((folder) => {
    const journal = readJournal(folder);
    return journal === undefined ? [] : [{ folder, journal }];
  });
}

/** Removes what restores left behind that never got as far as a journal. */
export function removeAbandoned(home: string): void {
  for (const folder of listFolders(home)) if (readJournal(folder) === undefined) removeRestoreFolder(folder);
}

/** Refuses while old and new databases may be mixed. @throws {SigctlError} `RESTORE_UNFINISHED` (exit 4). */
export function requireNoUnfinishedRestore(home: string): void {
  const mixed = findRestores(home).find(({ journal }) => journal.phase === 'replacing');
  if (mixed !== undefined) throw restoreUnfinished(home, mixed.journal.backup);
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

function at(path: string): RestoreFolder {
  return { path, incoming: join(path, 'new'), aside: join(path, 'old') };
}

function listFolders(home: string): readonly RestoreFolder[] {
  try {
    return readdirSync(home)
      .filter((name) => name.startsWith(PREFIX))
      .sort()
      .map((name) => at(join(home, name)));
  } catch (error) {
    // No state yet.
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function readJournal(folder: RestoreFolder): RestoreJournal | undefined {
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
