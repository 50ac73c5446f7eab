import { Command } from 'commander';
import { withNeeds } from '../core/graph.js';
import { anyFailed } from '../core/outcome.js';
import type { Stack } from '../core/stack.js';
import { renderJson } from '../render/json.js';
import { renderStartOutcomes } from '../render/outcomes.js';
import { exitCodeOfStart } from './exit-code.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import { selectServices } from './select-services.js';
import type { MutatingDeps, StackSession } from './session.js';

export interface StartOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly waitMs: number;
  readonly json: boolean;
}

/** Declares `sigctl start`. Tests of parsing pass their own `run`. */
export function startCommand(deps: MutatingDeps, run = runStart): Command {
  return new Command('start')
    .description('Start services and wait until each is ready')
    .argument('[service...]', 'services to start, and what they need (default: those of the mode in force, else all)')
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (services: string[], flags: { wait: number; json: boolean }, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      deps.out.setExitCode(await run(deps, { services, config, waitMs: flags.wait, json: flags.json }));
    });
}

const EXAMPLES = `
Examples:
  sigctl start                     the services of the mode in force
  sigctl start trading             one service; what it needs starts first
  sigctl start website --json      the outcome for a script

A service that runs already is left alone. Ctrl-C stops the waiting, not the services.
Exit codes: 0 all ready, 1 one failed, 2 wrong use, 4 PM2 or the database cannot be reached, 130 interrupted.`;

export async function runStart(deps: MutatingDeps, options: StartOptions): Promise<number> {
  const view = deps.out.showProgress();
  try {
    const outcomes = await deps.withSession(
      {
        config: options.config,
        waitMs: options.waitMs,
        command: ['start', ...options.services].join(' '),
        onProgress: view.report,
      },
      (session) => session.applyStart(session.planStart(chooseServices(session, options.services))),
    );
    view.done();
    deps.out.print(
      options.json
        ? renderJson({ outcomes, ok: !anyFailed(outcomes) })
        : renderStartOutcomes(outcomes, deps.out.colour),
    );
    return exitCodeOfStart(outcomes);
  } finally {
    view.done();
  }
}

/** The named services and what they need; without names those of the mode in force, else all. */
export function chooseServices(
  session: Pick<StackSession, 'stack' | 'mode'>,
  names: readonly string[],
): readonly string[] {
  if (names.length > 0) return withNeeds(selectServices(session.stack, names), session.stack.services);
  return membersOf(session.stack, session.mode ?? 'full');
}

/** The services of a mode, what they need included; all of them where the manifest no longer has the mode. */
export function membersOf(stack: Stack, mode: string): readonly string[] {
  const all = stack.services.map((spec) => spec.name);
  return withNeeds(stack.modes[mode] ?? all, stack.services);
}
