import { type Command, Option } from 'commander';
import type { StartOutcome } from '../core/outcome.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStartOutcomes, renderStopOutcomes } from '../render/outcomes.js';
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
import { membersOf } from './start.js';

const RESTART: ServiceVerb = {
  name: 'restart',
  argument: 'services to restart, and only these (default: those of the mode in force, else all)',
  flags: [new Option('--changed', 'only those that run with another manifest entry than the one of now')],
  help: `
Examples:
  sigctl restart trading           one service; the others keep their processes
  sigctl restart                   all services of the mode in force, and the watchdog
  sigctl restart --changed         after an edit of the manifest; "sigctl config --diff" shows first what that is

A service that did not run is started. An orphan is taken back under PM2.

Exit codes: 0 all ready, 1 one failed, 2 wrong use, 4 PM2 or the database cannot be reached,
130 interrupted, 143 by SIGTERM.`,
};

/** Declares `sigctl restart`. Tests of parsing pass their own `run`. */
export function restartCommand(deps: MutatingDeps, run = runRestart): Command {
  return serviceCommand(RESTART, deps, run);
}

export async function runRestart(deps: MutatingDeps, options: ServiceOptions): Promise<number> {
  const { stopped, started, by } = await withProgress(deps, (view) =>
    deps.withSession(sessionRequest('restart', options, view), async (session) => {
      const how = { watchdog: isForAll(options), again: options.services };
      return { ...(await session.applyRestart(chosen(session, options), how)), by: session.interruptedBy() };
    }),
  );
  const unstoppable = stopped.filter((outcome) => outcome.kind === 'failed');
  const { colour } = deps.out;
  const exitCode = unstoppable.length > 0 ? EXIT.failed : exitCodeOfStart(started, by);
  deps.out.print(
    options.json
      ? renderJson({ stopped, started, ok: exitCode === EXIT.ok })
      : [renderStopOutcomes(unstoppable, colour), renderStarted(started, options, colour)].filter(Boolean).join('\n'),
  );
  return exitCode;
}

/** Everything is made new, the watchdog too. */
function isForAll({ services, flags }: ServiceOptions): boolean {
  return services.length === 0 && flags?.['changed'] !== true;
}

function chosen({ stack, mode, changed }: StackSession, { services, flags }: ServiceOptions): readonly string[] {
  const named = services.length === 0 ? membersOf(stack, mode ?? 'full') : selectServices(stack, services);
  return flags?.['changed'] === true ? named.filter((name) => changed.includes(name)) : named;
}

function renderStarted(started: readonly StartOutcome[], { flags }: ServiceOptions, colour: boolean): string {
  if (started.length === 0 && flags?.['changed'] === true) return 'Nothing changed: no service was restarted';
  return renderStartOutcomes(started, colour);
}
