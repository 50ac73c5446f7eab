import { Command } from 'commander';
import type { StartOutcome, StopOutcome } from '../core/outcome.js';
import type { RestorePlan } from '../core/restore-plan.js';
import { EXIT, SigctlError } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderRestored, renderRestorePlan, renderUndone } from '../render/restore.js';
import { exitCodeOfStart, type InterruptSignal } from './exit-code.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import type { Output, ProgressView } from './session.js';

export interface RestoreOptions {
  /** Folder of the backup, or its name in `backups/`. */
  readonly backup: string | undefined;
  readonly config: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly undo: boolean;
  readonly waitMs: number;
  readonly json: boolean;
}

/** A backup that may be restored: every byte of it was checked. */
export interface PreparedRestore {
  readonly plan: RestorePlan;
  /** Services with a live process, which will be restarted. */
  readonly running: readonly string[];
  readonly apply: (request: LockRequest) => Promise<Interruptible<RestoreResult>>;
}

export interface LockRequest {
  readonly config: string | undefined;
  readonly waitMs: number;
  readonly onProgress: ProgressView['report'];
}

/** What was done, and what interrupted the waiting for services, where anything did. */
export interface Interruptible<T> {
  readonly result: T;
  readonly by: InterruptSignal | undefined;
}

export interface RestoreResult {
  readonly stopped: readonly StopOutcome[];
  readonly started: readonly StartOutcome[];
  readonly kept: string | null;
}

export interface UndoneRestore {
  readonly backup: string;
  readonly started: readonly StartOutcome[];
}

/** The only things `restore` may touch. */
export interface RestoreDeps {
  /** Verifies a backup whole and changes nothing. Throws with the code of the first fault. */
  readonly prepare: (backup: string, config: string | undefined) => Promise<PreparedRestore>;
  /** Brings back the state from before restores that were cut short. */
  readonly undo: (request: LockRequest) => Promise<Interruptible<readonly UndoneRestore[]>>;
  /** The newest backup in the default place, for a hint. */
  readonly newest: (config: string | undefined) => Promise<string | undefined>;
  /** Asks on the terminal; `undefined` where there is none. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  readonly out: Output;
}

/** Declares `sigctl restore`. Tests of parsing pass their own `run`. */
export function restoreCommand(deps: RestoreDeps, run = runRestore): Command {
  return new Command('restore')
    .argument('[backup]', 'folder of the backup, or its name in backups/')
    .option('--yes', 'do not ask; needed where there is no terminal', false)
    .option('--dry-run', 'verify the backup, print the plan and change nothing', false)
    .option(
      '--undo',
      'bring back the state from before a restore that was killed or whose services did not start',
      false,
    )
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (backup: string | undefined, flags: Flags, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      const { yes, dryRun, undo, wait, json } = flags;
      deps.out.setExitCode(await run(deps, { backup, config, yes, dryRun, undo, waitMs: wait, json }));
    });
}

interface Flags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly undo: boolean;
  readonly wait: number;
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  sigctl restore backups/app-20261122T031500000Z --dry-run     is it sound, and what would be replaced
  sigctl restore backups/app-20261122T031500000Z               ask, then do it
  sigctl restore /mnt/app-20261122T031500000Z --yes --json     for a script
  sigctl restore --undo                                        after a restore that was killed

Everything is verified before anything is touched. Then the services stop, each database is replaced together with its -wal and
-shm files, checked in place, and what ran before is started again. Databases that are not in the backup, the manifest and the
logs stay as they are.

Exit codes: 0 restored; 1 refused or failed, and the old state stands, or a service did not start; 2 wrong use; 4 environment;
130, 143 Ctrl-C or SIGTERM: restored, and interrupted while the services started; or while it waited for another command.`;

export async function runRestore(deps: RestoreDeps, options: RestoreOptions): Promise<number> {
  if (options.undo) return runUndo(deps, options);
  if (options.backup === undefined) throw backupRequired(await deps.newest(options.config));
  if (!options.yes && !options.dryRun && deps.confirm === undefined) throw confirmationRequired(options.backup);
  const prepared = await deps.prepare(options.backup, options.config);
  const { plan, running } = prepared;
  if (options.dryRun) {
    const { colour } = deps.out;
    deps.out.print(options.json ? renderJson({ ok: true, plan, running }) : renderRestorePlan(plan, running, colour));
    return EXIT.ok;
  }
  if (!options.json) deps.out.note(renderRestorePlan(plan, running, deps.out.colour));
  if (!options.yes && !(await deps.confirm?.('Replace these databases?'))) throw notConfirmed();
  const { result, by } = await withProgress(deps, options, prepared.apply);
  const code = exitCodeOfStart(result.started, by);
  if (options.json) deps.out.print(renderJson({ ok: code === EXIT.ok, plan, ...result }));
  else deps.out.print(renderRestored(result, plan, deps.out.colour));
  return code;
}

async function runUndo(deps: RestoreDeps, options: RestoreOptions): Promise<number> {
  if (options.backup !== undefined || options.dryRun) throw undoAlone();
  const { result: undone, by } = await withProgress(deps, options, deps.undo);
  const started = undone.flatMap((restore) => restore.started);
  const code = exitCodeOfStart(started, by);
  deps.out.print(options.json ? renderJson({ ok: code === EXIT.ok, undone }) : renderUndone(undone, deps.out.colour));
  return code;
}

async function withProgress<T>(
  deps: RestoreDeps,
  { config, waitMs }: RestoreOptions,
  work: (request: LockRequest) => Promise<T>,
): Promise<T> {
  const view = deps.out.showProgress();
  try {
    return await work({ config, waitMs, onProgress: view.report });
  } finally {
    view.done();
  }
}

function backupRequired(newest: string | undefined): SigctlError {
  return new SigctlError('Cannot restore: no backup was named', {
    code: 'BACKUP_REQUIRED',
    hint: newest === undefined ? 'Make one first: sigctl backup' : `The newest one: sigctl restore ${newest} --dry-run`,
    exitCode: EXIT.usage,
  });
}

function confirmationRequired(backup: string): SigctlError {
  return new SigctlError('Cannot ask whether to replace the databases: there is no terminal', {
    code: 'CONFIRMATION_REQUIRED',
    hint: `If you are sure: sigctl restore ${backup} --yes`,
    exitCode: EXIT.usage,
  });
}

function notConfirmed(): SigctlError {
  return new SigctlError('Restore called off: nothing was changed', {
    code: 'NOT_CONFIRMED',
    hint: 'Answer "yes" to go on, or give --yes',
    exitCode: EXIT.failed,
  });
}

function undoAlone(): SigctlError {
  return new SigctlError(
    'Cannot combine --undo with a backup or --dry-run: it goes back to the state before the last restore',
    {
      code: 'UNDO_ALONE',
      hint: 'sigctl restore --undo',
      exitCode: EXIT.usage,
    },
  );
}
