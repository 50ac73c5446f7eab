import type { Command } from 'commander';
import { withNeeds } from '../core/graph.js';
import type { Stack } from '../core/stack.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStartOutcomes } from '../render/outcomes.js';
import { exitCodeOfStart } from './exit-code.js';
import { selectServices } from './select-services.js';
import {
  type ServiceOptions,
  type ServiceVerb,
  serviceCommand,
  sessionRequest,
  withProgress,
} from './service-command.js';
import type { MutatingDeps, StackSession } from './session.js';

const START: ServiceVerb = {
  name: 'start',
  description: 'Start services and wait until each is ready',
  argument: 'services to start, and what they need (default: those of the mode in force, else all)',
  help: `
Examples:
  sigctl start                     the services of the mode in force
  sigctl start trading             one service; what it needs starts first
  sigctl start website --json      the outcome for a script

A service that runs already is left alone. Ctrl-C stops the waiting, not the services.
Exit codes: 0 all ready, 1 one failed, 2 wrong use, 4 PM2 or the database cannot be reached, 130 interrupted.`,
};

/** Declares `sigctl start`. Tests of parsing pass their own `run`. */
export function startCommand(deps: MutatingDeps, run = runStart): Command {
  return serviceCommand(START, deps, run);
}

export async function runStart(deps: MutatingDeps, options: ServiceOptions): Promise<number> {
  const outcomes = await withProgress(deps, (view) =>
    deps.withSession(sessionRequest('start', options, view), (session) =>
      session.applyStart(session.planStart(chooseServices(session, options.services))),
    ),
  );
  const exitCode = exitCodeOfStart(outcomes);
  deps.out.print(
    options.json ? renderJson({ outcomes, ok: exitCode === EXIT.ok }) : renderStartOutcomes(outcomes, deps.out.colour),
  );
  return exitCode;
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
  return withNeeds(Object.hasOwn(stack.modes, mode) ? (stack.modes[mode] ?? all) : all, stack.services);
}
