import { type Command, Option } from 'commander';
import { anyFailed } from '../core/outcome.js';
import { renderJson } from '../render/json.js';
import { renderStopOutcomes } from '../render/outcomes.js';
import { exitCodeOfStop } from './exit-code.js';
import { selectNames } from './select-services.js';
import {
  type ServiceOptions,
  type ServiceVerb,
  serviceCommand,
  sessionRequest,
  withProgress,
} from './service-command.js';
import type { KnownNames, MutatingDeps } from './session.js';

const STOP: ServiceVerb = {
  name: 'stop',
  argument: 'services to stop (default: all)',
  flags: [new Option('--shutdown', 'for "sigctl startup": the next boot brings back what runs now').hideHelp()],
  help: `
Examples:
  sigctl stop                      everything, dependents first; PM2's daemon ends with the last one
  sigctl stop trading market-data  two services

Each gets SIGINT, and SIGKILL after its kill_timeout. Orphans, which PM2 lost, are stopped too.

Exit codes: 0 stopped, or already so; 1 one could not be stopped; 2 wrong use; 4 the database cannot be reached;
130, 143 Ctrl-C or SIGTERM while it waited for another command.`,
};

/** Half a stop would leave services that nobody starts again after a crash. */
const GOES_ON = 'the stop goes on to its end; Ctrl-C again leaves at once ("sigctl status" shows what runs then)';

/** Declares `sigctl stop`. Tests of parsing pass their own `run`. */
export function stopCommand(deps: MutatingDeps, run = runStop): Command {
  return serviceCommand(STOP, deps, run);
}

export async function runStop(deps: MutatingDeps, options: ServiceOptions): Promise<number> {
  const check = (known: KnownNames): void => void choose(known, options);
  const how = { interruptNote: GOES_ON, orLast: true, check };
  const outcomes = await withProgress(deps, (view) =>
    deps.withSession({ ...sessionRequest('stop', options, view), ...how }, (session) => {
      const steps = session.planStop(choose(session, options));
      return options.flags?.['shutdown'] === true ? session.applyShutdown(steps) : session.applyStop(steps);
    }),
  );
  deps.out.print(
    options.json ? renderJson({ outcomes, ok: !anyFailed(outcomes) }) : renderStopOutcomes(outcomes, deps.out.colour),
  );
  return exitCodeOfStop(outcomes);
}

function choose({ stack, unlisted }: KnownNames, { services }: ServiceOptions): readonly string[] {
  const all = [...stack.services.map((spec) => spec.name), ...unlisted];
  return services.length === 0 ? all : selectNames(all, services);
}
