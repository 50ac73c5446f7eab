import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { restoreFailed, undoFailed } from '../backup/backup-errors.js';
import { listDatabases } from '../backup/databases.js';
import type { FoundRestore, RestoreFolder } from '../backup/find-restores.js';
import { databaseFiles, replaceDatabases, undoReplace } from '../backup/replace-databases.js';
import { makeRestoreFolder, removeRestoreFolder, writeJournal } from '../backup/restore-folder.js';
import { stageRestore } from '../backup/stage-restore.js';
import type { VerifiedBackup } from '../backup/verify-backup.js';
import { anyFailed, type StartOutcome, type StopOutcome } from '../core/outcome.js';
import type { RestoreJournal } from '../core/restore-journal.js';
import { EXIT, SigctlError } from '../errors.js';
import { openStatusDb } from '../store/open.js';
import { adoptStatus } from './adopt-status.js';
import type { OperateContext } from './context.js';
import { requireUnused } from './require-unused.js';
import { openSession } from './session.js';
import { type StoppedStack, stopForRestore } from './stop-for-restore.js';

/** Without the status table, which is closed while it is replaced. */
export type RestoreContext = Omit<OperateContext, 'db'>;

export interface RestoreOutcome {
  readonly stopped: readonly StopOutcome[];
  readonly started: readonly StartOutcome[];
  /** Folder with the databases from before, kept because a service did not start; `null` when it was removed. */
  readonly kept: string | null;
}

/** Shows what is being done until services are stopped, which has a display of its own. */
export interface RestoreSteps {
  readonly step: (text: string) => void;
  readonly done: () => void;
}

export interface UndoOutcome {
  /** The backup that was being restored. */
  readonly backup: string;
  readonly started: readonly StartOutcome[];
}

/**
 * Replaces the databases of a stack by those of a backup: copies them beside the live ones, stops every service, renames, checks
 * in place, starts again what ran. On any fault before the services are started, the old files are brought back.
 *
 * The caller holds the stack's lock and no database open.
 *
 * @throws {SigctlError} `RESTORE_FAILED` or the code of what failed (the old state stands); `RESTORE_UNFINISHED` when even that failed.
 */
export async function restoreStack(
  context: RestoreContext,
  backup: VerifiedBackup,
  steps: RestoreSteps,
): Promise<RestoreOutcome> {
  const { home } = context.paths;
  const folder = makeRestoreFolder(home, context.nowMs());
  try {
    await stageRestore(backup, folder, { onStep: steps.step, signal: context.signal });
  } catch (error) {
    removeRestoreFolder(folder);
    throw restoreFailed(backup.folder, context.signal.aborted ? interrupted() : error, 'nothing was changed');
  }
  steps.done();
  const stopped = await replaceAll(context, backup, folder);
  const started = await startAgain(context, stopped.services);
  const isFine = started.every(isUp);
  if (isFine) removeRestoreFolder(folder);
  return { stopped: stopped.outcomes, started, kept: isFine ? null : folder.path };
}

/**
 * Brings back the databases from before a restore that was cut short, or whose services did not start, and starts again what ran
 * before it.
 *
 * @throws {SigctlError} `DATABASE_IN_USE`, `RESTORE_STOP_FAILED`; the error of the file system. It may be called again.
 */
export async function undoRestore(context: RestoreContext, { folder, journal }: FoundRestore): Promise<UndoOutcome> {
  if (journal.phase !== 'stopping') {
    // While files may be mixed the status table is not to be trusted.
    const trustStatus = journal.phase === 'placed';
    const { outcomes } = await stopForRestore(context, folder.path, { trustStatus, onPresent: () => undefined });
    requireStopped(outcomes);
    await requireUnused(
      context.paths,
      journal.files.map(({ name }) => join(context.paths.home, name)),
    );
    writeJournal(folder, { ...journal, phase: 'replacing' });
    undoReplace(context.paths.home, folder, journal);
    unblock(folder, journal);
  }
  const started = await startAgain(context, journal.services);
  removeRestoreFolder(folder);
  return { backup: journal.backup, started };
}

/** From the first stop to the moment when every database is in its place. */
async function replaceAll(
  context: RestoreContext,
  backup: VerifiedBackup,
  folder: RestoreFolder,
): Promise<StoppedStack> {
  const { home } = context.paths;
  const names = backup.index.databases.map(({ name }) => name);
  let journal: RestoreJournal = {
    schemaVersion: 1,
    phase: 'stopping',
    backup: backup.folder,
    startedAtMs: context.nowMs(),
    services: [],
    files: [],
  };
  try {
    const stopped = await stopForRestore(context, folder.path, {
      trustStatus: true,
      onPresent: (services) => {
        journal = { ...journal, services };
        writeJournal(folder, journal);
      },
    });
    requireStopped(stopped.outcomes);
    await requireUnused(context.paths, databaseFiles(home, [...new Set([...names, ...listDatabases(home)])]));
    if (context.signal.aborted) throw interrupted();
    const onJournal = (replacing: RestoreJournal): void => {
      journal = replacing;
    };
    replaceDatabases(home, folder, { names, journal, onJournal });
    if (names.includes('status.db')) adoptStatus(context, backup, stopped);
    writeJournal(folder, { ...journal, phase: 'placed' });
    return stopped;
  } catch (error) {
    throw await fallBack(context, folder, journal, error);
  }
}

/** Puts everything back as it was, and returns what to tell the operator. */
async function fallBack(
  context: RestoreContext,
  folder: RestoreFolder,
  journal: RestoreJournal,
  error: unknown,
): Promise<SigctlError> {
  try {
    undoReplace(context.paths.home, folder, journal);
  } catch (fault) {
    return undoFailed(journal.backup, error, fault);
  }
  unblock(folder, journal);
  const down = await startAfterFault(context, journal.services);
  removeRestoreFolder(folder);
  const rest = down.length === 0 ? '' : `, but not running again: ${down.join(', ')}`;
  return restoreFailed(journal.backup, error, `the state from before stands${rest}`);
}

/** The files are those from before: from here on the journal only says what there is to start. */
function unblock(folder: RestoreFolder, journal: RestoreJournal): void {
  // What was to be put in place goes first, for the disk may be full.
  rmSync(folder.incoming, { recursive: true, force: true });
  writeJournal(folder, { ...journal, phase: 'stopping', files: [] });
}

/** @returns The keys of those that did not start. */
async function startAfterFault(context: RestoreContext, services: readonly string[]): Promise<readonly string[]> {
  try {
    // Ctrl-C ended the restore, and must not keep the services down.
    const started = await startAgain({ ...context, signal: new AbortController().signal }, services);
    return started.filter((outcome) => !isUp(outcome)).map(({ key }) => key);
  } catch {
    // The fault of the restore is what the operator has to know first; `start` tells this one again.
    return services;
  }
}

function isUp({ kind }: StartOutcome): boolean {
  return kind === 'ready' || kind === 'kept' || kind === 'completed';
}

async function startAgain(context: RestoreContext, names: readonly string[]): Promise<readonly StartOutcome[]> {
  const services = context.stack.services.map(({ name }) => name).filter((name) => names.includes(name));
  if (services.length === 0) return [];
  const db = openStatusDb(context.paths.statusDb);
  try {
    const session = openSession({ ...context, db });
    return await session.applyStart(session.planStart(services));
  } finally {
    db.close();
  }
}

function requireStopped(outcomes: readonly StopOutcome[]): void {
  if (!anyFailed(outcomes)) return;
  const stuck = outcomes.flatMap((outcome) =>
    outcome.kind === 'failed' ? [`${outcome.key} (${outcome.reason})`] : [],
  );
  throw new SigctlError(`a service could not be stopped: ${stuck.join(', ')}`, {
    code: 'RESTORE_STOP_FAILED',
    hint: 'sigctl status',
    exitCode: EXIT.failed,
  });
}

function interrupted(): SigctlError {
  return new SigctlError('it was interrupted', {
    code: 'RESTORE_INTERRUPTED',
    hint: 'Run it again to restore',
    exitCode: EXIT.failed,
  });
}
