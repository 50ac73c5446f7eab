import { basename, join, relative, resolve } from 'node:path';
import { nothingToBackUp } from '../backup/backup-errors.js';
import { createBackup } from '../backup/create-backup.js';
import { listDatabases } from '../backup/databases.js';
import { requireNoUnfinishedRestore } from '../backup/find-restores.js';
import { pruneBackups } from '../backup/prune-backups.js';
import type { BackupDeps, BackupOptions, BackupResult } from '../commands/backup.js';
import { readFact } from '../store/facts.js';
import { openStatusDb } from '../store/open.js';
import type { Deps } from './deps.js';
import { lazySteps } from './lazy-steps.js';
import { type LockedContext, withStackLock } from './stack-session.js';

/** What `sigctl backup` touches. It holds the stack's lock, so that no restore begins meanwhile; services go on. */
export function createBackupDeps(deps: Deps): BackupDeps {
  return {
    out: deps.out,
    backUp: async (options) => {
      // A project that never started anything gets no state folder by it.
      const { paths } = await deps.openProject(options.config);
      requireNoUnfinishedRestore(paths.home);
      if (listDatabases(paths.home).length === 0) throw nothingToBackUp(paths.home);
      const setup = await deps.sessionSetup(options.config);
      const request = {
        config: options.config,
        waitMs: options.waitMs,
        command: 'backup',
        onProgress: () => undefined,
      };
      return withStackLock({ ...setup, interruptNote: 'the backup is taken back' }, request, (context) =>
        backUp(deps, context, options),
      );
    },
  };
}

async function backUp(deps: Deps, context: LockedContext, { to, keep }: BackupOptions): Promise<BackupResult> {
  const { stack, paths } = context;
  requireNoUnfinishedRestore(paths.home);
  const steps = lazySteps(deps.terminal);
  try {
    const { folder, index } = await createBackup({
      stack: stack.name,
      home: paths.home,
      manifestPath: stack.manifestPath,
      target: to === undefined ? join(stack.root, 'backups') : resolve(to),
      sigctlVersion: deps.version,
      nowMs: deps.nowMs,
      readMode,
      onStep: steps.step,
      signal: context.signal,
    });
    const removed = keep === undefined ? [] : pruneBackups({ stack: stack.name, made: folder, keep });
    const place = placeOf(folder);
    return { folder, place, typed: to === undefined ? basename(folder) : place, index, removed };
  } finally {
    steps.done();
  }
}

/** From the current folder, where it lies below that. */
function placeOf(folder: string): string {
  const place = relative(process.cwd(), folder);
  return place === '' || place.startsWith('..') ? folder : place;
}

/** The mode is told for people; a backup without it is as good. */
function readMode(statusDb: string): string | null {
  try {
    const db = openStatusDb(statusDb, { readonly: true });
    try {
      return readFact(db, 'mode') ?? null;
    } finally {
      db.close();
    }
  } catch {
    // There is none, or it is of another version of sigctl: it was copied all the same.
    return null;
  }
}
