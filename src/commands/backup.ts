import { Command, InvalidArgumentError } from 'commander';
import type { BackupIndex } from '../core/backup-index.js';
import { EXIT } from '../errors.js';
import { renderBackup } from '../render/backup.js';
import { renderJson } from '../render/json.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import type { Output } from './session.js';

export interface BackupOptions {
  readonly config: string | undefined;
  /** Folder that holds backups; `undefined`: `backups/` of the project. */
  readonly to: string | undefined;
  /** How many backups of this stack stay; `undefined`: all. */
  readonly keep: number | undefined;
  readonly waitMs: number;
  readonly json: boolean;
}

export interface BackupResult {
  readonly folder: string;
  /** The same from the current folder. */
  readonly place: string;
  /** What `sigctl restore` knows it by. */
  readonly typed: string;
  readonly index: BackupIndex;
  /** Folders of older backups that were removed. */
  readonly removed: readonly string[];
}

/** The only things `backup` may touch. */
export interface BackupDeps {
  /** Makes a complete backup or none, and removes older ones beyond `keep`. */
  readonly backUp: (options: BackupOptions) => Promise<BackupResult>;
  readonly out: Pick<Output, 'print' | 'colour' | 'setExitCode'>;
}

/** Declares `sigctl backup`. Tests of parsing pass their own `run`. */
export function backupCommand(deps: BackupDeps, run = runBackup): Command {
  return new Command('backup')
    .option('--to <dir>', 'folder that holds backups (default: backups/ beside the manifest)')
    .option('--keep <n>', 'afterwards remove the older backups of this stack there, so that n stay', countArgument)
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: { to?: string; keep?: number; wait: number; json: boolean }, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      const { to, keep, wait, json } = flags;
      deps.out.setExitCode(await run(deps, { config, to, keep, waitMs: wait, json }));
    });
}

const EXAMPLES = `
Examples:
  sigctl backup                            a new folder in backups/, named after the stack and the time
  sigctl backup --to /mnt/usb --keep 7     on another disk; of this stack the newest seven stay
  15 3 * * *  cd /srv/app && sigctl backup --keep 14 --json     in a crontab

All databases are taken at one instant, and what was written before it is in them. A folder without index.json is no backup.
Backups hold everything the services know, the manifest's variables too: the folder is readable by you alone.

Exit codes: 0 done; 1 the backup failed, and nothing was left behind; 2 wrong use; 4 a database cannot be read;
130, 143 Ctrl-C or SIGTERM while it waited for another command.`;

export async function runBackup(deps: BackupDeps, options: BackupOptions): Promise<number> {
  const result = await deps.backUp(options);
  const { folder, index, removed } = result;
  deps.out.print(
    options.json ? renderJson({ ok: true, backup: folder, index, removed }) : renderBackup(result, deps.out.colour),
  );
  return EXIT.ok;
}

function countArgument(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('Expected a whole number, 1 or more.');
  }
  return count;
}
