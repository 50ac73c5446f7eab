import { Command } from 'commander';
import { EXIT, SigctlError } from '../errors.js';
import { cleanText } from '../render/clean-text.js';
import { renderJson } from '../render/json.js';
import { type GlobalFlags, jsonOption } from './options.js';
import type { Output } from './session.js';

/** The file that is to be written. */
export interface InitTarget {
  /** Absolute. */
  readonly path: string;
  /** As people call it: from the current folder. */
  readonly name: string;
  /** A manifest that is there already, under this name or another that sigctl or PM2 would find. */
  readonly existing: string | undefined;
}

/** A manifest that is not written yet. */
export interface InitDraft {
  /** What it was made from; `undefined`: it is an example. */
  readonly source: string | undefined;
  readonly format: string;
  /** Files that it could have been made from. */
  readonly others: readonly string[];
  readonly text: string;
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** What sigctl's own loader says of it. */
export interface CheckedDraft {
  readonly services: readonly string[];
  readonly notes: readonly string[];
}

/** The only things `init` may touch. */
export interface InitDeps {
  readonly findTarget: (config: string | undefined) => InitTarget;
  /** From one file, or (`undefined`) from what the current folder holds. */
  readonly draft: (from: string | undefined, target: InitTarget) => Promise<InitDraft>;
  /** Throws a `SigctlError` when the loader refuses the text. */
  readonly check: (draft: InitDraft, target: InitTarget) => Promise<CheckedDraft>;
  /** Without `replace`, a file that has come in between is left alone and refused. */
  readonly write: (draft: InitDraft, target: InitTarget, options: { readonly replace: boolean }) => void;
  readonly out: Output;
  /** For sentences, which are broken between words on a terminal; a manifest is not (default: `out.print`). */
  readonly say?: Output['print'];
}

export interface InitOptions {
  readonly from: string | undefined;
  readonly config: string | undefined;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** Declares `sigctl init`. Tests of parsing pass their own `run`. */
export function initCommand(deps: InitDeps, run = runInit): Command {
  return new Command('init')
    .option('--from <file>', 'what to make it from (default: the first of these files in the current folder)')
    .option('--dry-run', 'print the manifest and write nothing', false)
    .option('--force', 'replace a manifest that is there already', false)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Omit<InitOptions, 'config' | 'from'> & { from?: string }, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      deps.out.setExitCode(await run(deps, { ...flags, from: flags.from, config }));
    });
}

const EXAMPLES = `
Looked for without --from, in this order: Procfile, docker-compose.yml, compose.yml, supervisord.conf, a PM2 file
(pm2.config.js, pm2.json, process.json), package.json. An ecosystem.config.js is a manifest already.
A line that starts several programs (web: uvicorn app:app & python3 main.py & wait) becomes several services.
What could not be translated is told on stderr, and in comments of the file.

Examples:
  sigctl init --dry-run            what would be written
  sigctl init                      write ecosystem.config.cjs
  sigctl init --from Procfile      from this file, whatever else is there
  sigctl init --from pm2.json      a PM2 file: everything is kept, proposals are added as comments

Exit codes: 0 written, or a manifest is there already; 2 wrong use, or a source that cannot be taken over; 4 cannot write.`;

export async function runInit(deps: InitDeps, options: InitOptions): Promise<number> {
  const target = deps.findTarget(options.config);
  if (target.existing !== undefined && !options.force) {
    if (options.from === undefined) return reportExisting(deps.out, target.existing, options);
    if (!options.dryRun) {
      // A source that is not there, or cannot be taken over, is the first thing to say.
      await deps.draft(options.from, target);
      throw manifestExists(target.existing, options.from);
    }
  }
  const draft = await deps.draft(options.from, target);
  const checked = await deps.check(draft, target);
  const notes = [...draft.notes, ...checked.notes];
  if (!options.dryRun) deps.write(draft, target, { replace: options.force });
  if (options.json) {
    deps.out.print(renderResultJson(draft, { ...checked, notes }, options.dryRun ? null : target.path));
    return EXIT.ok;
  }
  for (const line of renderNotes(draft, notes)) deps.out.note(cleanText(line, false));
  if (options.dryRun) deps.out.print(draft.text.trimEnd());
  else (deps.say ?? deps.out.print)(cleanText(renderResult(draft, checked, target.name), false));
  return EXIT.ok;
}

function reportExisting(out: Output, existing: string, { json }: InitOptions): number {
  const next = /\.c?js$/.test(existing)
    ? 'Take a look: sigctl status\nMake it anew: sigctl init --force'
    : `Take it over: sigctl init --from ${existing} --force`;
  if (json) out.print(renderJson({ ok: true, written: null, existing }));
  else out.print(cleanText(`${existing} is there already: nothing is written.\n${next}`, false));
  return EXIT.ok;
}

function manifestExists(existing: string, from: string): SigctlError {
  return new SigctlError(`Cannot write a manifest from "${from}": "${existing}" is there already`, {
    code: 'MANIFEST_EXISTS',
    hint: `See what it would be: sigctl init --from ${from} --dry-run. Replace it: sigctl init --from ${from} --force`,
    exitCode: EXIT.usage,
  });
}

function renderNotes(draft: InitDraft, notes: readonly string[]): readonly string[] {
  const source =
    draft.source === undefined ? 'nothing to take over is here: this is an example' : `made from ${draft.source}`;
  const others = draft.others.length === 0 ? '' : `; also here: ${draft.others.join(', ')} (sigctl init --from <file>)`;
  return [
    `${source}${others}`,
    ...draft.leftOut.map(({ name, reason }) => `not taken over: ${name}: ${reason}`),
    ...notes.map((note) => `note: ${note}`),
  ];
}

function renderResult(draft: InitDraft, { services }: CheckedDraft, name: string): string {
  const count = services.length === 1 ? '1 service' : `${services.length} services`;
  const next =
    draft.source === undefined
      ? `Put your programs into it, then: sigctl start`
      : 'Read it through, then: sigctl start';
  return `Wrote ${name} with ${count}: ${services.join(', ')}\n${next}`;
}

function renderResultJson(draft: InitDraft, { services, notes }: CheckedDraft, written: string | null): string {
  const { source = null, format, others, leftOut, text } = draft;
  return renderJson({ ok: true, written, source, format, others, services, leftOut, notes, manifest: text });
}
