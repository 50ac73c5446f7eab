import { Command, Option } from 'commander';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { type GlobalFlags, jsonOption } from './options.js';
import type { Output } from './session.js';

/** Who starts the stack at boot. */
export type BootKind = 'system' | 'user' | 'cron';

/** What was, or would be, put in place. */
export interface BootEntry {
  readonly kind: BootKind;
  /** File of the unit, or `crontab`. */
  readonly place: string;
  readonly text: string;
  /** Units beside it: they bring PM2 and the watchdog back where both are gone. */
  readonly also: readonly { readonly place: string; readonly text: string }[];
}

/** The only things `startup` and `unstartup` may touch. */
export interface StartupDeps {
  /** @param kind `undefined`: what fits this machine and this user. */
  readonly plan: (config: string | undefined, kind: BootKind | undefined) => Promise<BootEntry>;
  /** @returns What the operator should know besides. @throws {SigctlError} `STARTUP_FAILED`; nothing is left half done. */
  readonly install: (entry: BootEntry, config: string | undefined) => Promise<readonly string[]>;
  /** @returns Whether there was something to take away. */
  readonly remove: (entry: BootEntry, config: string | undefined) => Promise<boolean>;
  readonly out: Pick<Output, 'print' | 'note' | 'setExitCode'>;
  /** For sentences, which are broken between words on a terminal; a unit is not (default: `out.print`). */
  readonly say?: Output['print'];
}

export interface StartupOptions {
  readonly config: string | undefined;
  readonly kind: BootKind | undefined;
  readonly print: boolean;
  readonly json: boolean;
}

/** Declares `sigctl startup`. Tests of parsing pass their own `run`. */
export function startupCommand(deps: StartupDeps, run = runStartup): Command {
  return new Command('startup')
    .addOption(kindOption('system', 'a unit of the system, running as the owner of the project (default for root)'))
    .addOption(kindOption('user', 'a unit of this user, who need not log in (default)'))
    .addOption(kindOption('cron', 'two lines in the crontab: at boot, and each minute (default without systemd)'))
    .option('--print', 'print the unit or the lines, and change nothing', false)
    .addOption(jsonOption())
    .addHelpText('after', STARTUP_HELP)
    .action(async (flags: StartupFlags, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      deps.out.setExitCode(await run(deps, { config, kind: kindOf(flags), print: flags.print, json: flags.json }));
    });
}

/** Declares `sigctl unstartup`. */
export function unstartupCommand(deps: StartupDeps, run = runUnstartup): Command {
  return new Command('unstartup')
    .addOption(kindOption('system', 'the unit of the system'))
    .addOption(kindOption('user', 'the unit of this user'))
    .addOption(kindOption('cron', 'the lines of the crontab'))
    .addOption(jsonOption())
    .addHelpText('after', UNSTARTUP_HELP)
    .action(async (flags: StartupFlags, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      deps.out.setExitCode(await run(deps, { config, kind: kindOf(flags), print: false, json: flags.json }));
    });
}

interface StartupFlags {
  readonly system?: boolean;
  readonly user?: boolean;
  readonly cron?: boolean;
  readonly print: boolean;
  readonly json: boolean;
}

const KINDS: readonly BootKind[] = ['system', 'user', 'cron'];

function kindOption(kind: BootKind, description: string): Option {
  return new Option(`--${kind}`, description).conflicts(KINDS.filter((other) => other !== kind));
}

function kindOf(flags: StartupFlags): BootKind | undefined {
  return KINDS.find((kind) => flags[kind] === true);
}

const STARTUP_HELP = `
Examples:
  sigctl startup                   now, and once for each stack
  sigctl startup --print           the systemd unit, to look at
  sigctl startup --print --system  the unit of the system, for /etc/systemd/system

Each minute "sigctl recover" brings PM2 and the watchdog back where both are gone, by a timer (or cron).
At boot the services start that were wanted when the machine went down, in the mode that was in force; "sigctl history" names
"boot" as the cause. At shutdown they are stopped in order. A second call renews what the first one wrote. Where another stack of
this machine has the same name, the unit's name gets six digits of its own.

Exit codes: 0 done; 1 it could not be installed, and nothing was left behind; 2 wrong use; 4 the state cannot be read.`;

const UNSTARTUP_HELP = `
Examples:
  sigctl unstartup
  sigctl unstartup --cron

Exit codes: 0 done, or there was nothing; 1 it could not be removed; 2 wrong use; 4 the state cannot be read.`;

export async function runStartup(deps: StartupDeps, options: StartupOptions): Promise<number> {
  const entry = await deps.plan(options.config, options.kind);
  if (options.print) {
    deps.out.print(options.json ? renderJson({ ok: true, installed: false, ...entry }) : entry.text.trimEnd());
    if (!options.json && entry.also.length > 0)
      deps.out.note(`note: beside it go ${besides(entry)}: --json prints them`);
    return EXIT.ok;
  }
  const notes = await deps.install(entry, options.config);
  for (const note of notes) deps.out.note(`note: ${note}`);
  (deps.say ?? deps.out.print)(
    options.json
      ? renderJson({ ok: true, installed: true, ...entry, notes })
      : `✔ ${describe(entry)} starts the wanted services at boot: ${entry.place}`,
  );
  return EXIT.ok;
}

export async function runUnstartup(deps: StartupDeps, options: StartupOptions): Promise<number> {
  const entry = await deps.plan(options.config, options.kind);
  const removed = await deps.remove(entry, options.config);
  const { kind, place } = entry;
  (deps.say ?? deps.out.print)(
    options.json
      ? renderJson({ ok: true, removed, kind, place })
      : removed
        ? `✔ removed: ${place}`
        : `- nothing to remove: ${place} has no entry of this stack`,
  );
  return EXIT.ok;
}

function besides({ also }: BootEntry): string {
  return also.map(({ place }) => place).join(' and ');
}

function describe({ kind }: BootEntry): string {
  if (kind === 'cron') return 'cron';
  return kind === 'system' ? "the system's systemd" : "this user's systemd";
}
