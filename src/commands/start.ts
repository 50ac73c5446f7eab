import { type Command, Option } from 'commander';
import { withNeeds } from '../core/graph.js';
import type { ServiceSpec, Stack } from '../core/stack.js';
import { EXIT, type SigctlError } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStartOutcomes } from '../render/outcomes.js';
import { exitCodeOfStart } from './exit-code.js';
import { misuse } from './misuse.js';
import { selectServices } from './select-services.js';
import {
  type ServiceOptions,
  type ServiceVerb,
  serviceCommand,
  sessionRequest,
  withProgress,
} from './service-command.js';
import type { KnownNames, MutatingDeps, StackSession } from './session.js';

const START: ServiceVerb = {
  name: 'start',
  argument: 'services to start, and what they need (default: those of the mode in force, else all)',
  flags: [
    new Option('--only', 'exactly the named services, without what they need').conflicts('withDeps'),
    new Option('--with-deps', 'also the services that they only start after'),
    new Option('--boot', 'for "sigctl startup": what ran when the machine went down').hideHelp(),
  ],
  help: `
Examples:
  sigctl start                      the services of the mode in force
  sigctl start trading              one service; what it needs starts first
  sigctl start trading --only       that one alone, though it needs another
  sigctl start trading --with-deps  that one, and market-data too, since it starts "after" it
  sigctl start website --json       the outcome for a script

A service that runs already is left alone, and a oneshot one that did its work too, unless it is named. Ctrl-C stops the waiting, not the services.

Exit codes: 0 all ready, 1 one failed, 2 wrong use, 4 PM2 or the database cannot be reached,
130 interrupted, 143 by SIGTERM.`,
};

/** Declares `sigctl start`. Tests of parsing pass their own `run`. */
export function startCommand(deps: MutatingDeps, run = runStart): Command {
  return serviceCommand(START, deps, run);
}

export async function runStart(deps: MutatingDeps, options: ServiceOptions): Promise<number> {
  const check = ({ stack }: KnownNames): void => {
    selectServices(stack, options.services);
    if (options.services.length === 0 && options.flags?.['only'] === true) throw onlyWhat(stack);
  };
  const { outcomes, by } = await withProgress(deps, (view) =>
    deps.withSession({ ...sessionRequest('start', options, view), check }, async (session) => {
      const steps = session.planStart(chosen(session, options), toRunAgain(session, options));
      return { outcomes: await session.applyStart(steps), by: session.interruptedBy() };
    }),
  );
  const exitCode = exitCodeOfStart(outcomes, by);
  deps.out.print(
    options.json ? renderJson({ outcomes, ok: exitCode === EXIT.ok }) : renderStartOutcomes(outcomes, deps.out.colour),
  );
  return exitCode;
}

function onlyWhat({ services }: Stack): SigctlError {
  const example = `For example: sigctl start ${services[0]?.name ?? 'website'} --only`;
  return misuse('ARGUMENT_MISSING', 'Cannot use --only without the name of a service', example);
}

/** A oneshot service that did its work runs again when it is named, and at each boot. */
function toRunAgain(session: StackSession, { services, flags }: ServiceOptions): readonly string[] {
  return flags?.['boot'] === true ? session.bootServices() : services;
}

/** At boot exactly what ran before: nothing that an operator had stopped. */
function chosen(session: StackSession, options: ServiceOptions): readonly string[] {
  if (options.flags?.['boot'] === true) return session.bootServices();
  return chooseServices(session, options.services, reachOf(options));
}

/** How far a start reaches beyond the services that were named. */
type Reach = 'only' | 'needs' | 'deps';

function reachOf({ flags }: ServiceOptions): Reach {
  if (flags?.['only'] === true) return 'only';
  return flags?.['withDeps'] === true ? 'deps' : 'needs';
}

/** The named services and what belongs to them; without names those of the mode in force, else all. */
export function chooseServices(
  { stack, mode }: Pick<StackSession, 'stack' | 'mode'>,
  names: readonly string[],
  reach: Reach = 'needs',
): readonly string[] {
  if (names.length === 0) return membersOf(stack, mode ?? 'full');
  const selected = selectServices(stack, names);
  if (reach === 'only') return selected;
  const specs = reach === 'needs' ? stack.services : stack.services.map(withAfter);
  return withNeeds(selected, specs);
}

/** As if it needed what it only starts after. */
function withAfter(spec: ServiceSpec): ServiceSpec {
  return { ...spec, needs: [...spec.needs, ...spec.after] };
}

/** The services of a mode, what they need included; all of them where the manifest no longer has the mode. */
export function membersOf(stack: Stack, mode: string): readonly string[] {
  const all = stack.services.map((spec) => spec.name);
  return withNeeds(Object.hasOwn(stack.modes, mode) ? (stack.modes[mode] ?? all) : all, stack.services);
}
