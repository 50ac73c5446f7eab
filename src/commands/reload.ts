import { type Command, Option } from 'commander';
import type { ReloadOutcome, ReloadRefusal, ReloadStep } from '../core/reload-plan.js';
import { EXIT, SigctlError } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderReloadOutcomes } from '../render/reload.js';
import { exitCodeOfInterrupt, type InterruptSignal } from './exit-code.js';
import { selectServices } from './select-services.js';
import {
  type ServiceOptions,
  type ServiceVerb,
  serviceCommand,
  sessionRequest,
  withProgress,
} from './service-command.js';
import type { MutatingDeps, StackSession } from './session.js';

const RELOAD: ServiceVerb = {
  name: 'reload',
  argument: 'services to reload (default, with --or-restart only: all that run)',
  flags: [new Option('--or-restart', 'restart those that cannot be reloaded, or that have a changed manifest entry')],
  help: `
Examples:
  sigctl reload website            its worker is replaced, without a request lost
  sigctl reload --or-restart       all that runs, one after the other

A service reloads at the signal that its manifest entry names (sigctl.reload),
by its processes one after the other (instances), or by PM2 (exec_mode cluster).
One that can do none of it is refused before anything is done. The first that
fails ends it, and those behind it are left alone.

Exit codes: 0 all reloaded; 1 one failed, or cannot; 2 wrong use; 4 PM2 or the
database cannot be reached; 130 interrupted, 143 by SIGTERM.`,
};

/** Declares `sigctl reload`. Tests of parsing pass their own `run`. */
export function reloadCommand(deps: MutatingDeps, run = runReload): Command {
  return serviceCommand(RELOAD, deps, run);
}

export async function runReload(deps: MutatingDeps, options: ServiceOptions): Promise<number> {
  const orRestart = options.flags?.['orRestart'] === true;
  if (options.services.length === 0 && !orRestart) throw nothingNamed();
  const { outcomes, by } = await withProgress(deps, (view) =>
    deps.withSession(sessionRequest('reload', options, view), async (session) => {
      const steps = session.planReload(chosen(session, options), orRestart);
      const refusals = steps.filter((step) => step.kind === 'refused');
      if (refusals.length > 0) throw cannotReload(refusals);
      const watchdog = options.services.length === 0;
      const able = steps.filter((step): step is ReloadStep => step.kind !== 'refused');
      const outcomes = able.length === 0 ? [] : await session.applyReload(able, { watchdog });
      return { outcomes, by: session.interruptedBy() };
    }),
  );
  const exitCode = exitCodeOf(outcomes, by);
  deps.out.print(
    options.json ? renderJson({ outcomes, ok: exitCode === EXIT.ok }) : renderReloadOutcomes(outcomes, deps.out.colour),
  );
  return exitCode;
}

/** A oneshot service runs to its end with the code that it began with. */
function chosen({ stack, presence }: StackSession, { services }: ServiceOptions): readonly string[] {
  if (services.length > 0) return selectServices(stack, services);
  const { present } = presence();
  return stack.services.filter(({ name, oneshot }) => present.has(name) && !oneshot).map(({ name }) => name);
}

function exitCodeOf(outcomes: readonly ReloadOutcome[], by: InterruptSignal | undefined): number {
  if (outcomes.some(({ kind }) => kind === 'failed')) return EXIT.failed;
  return outcomes.some(({ kind }) => kind === 'interrupted' || kind === 'skipped') ? exitCodeOfInterrupt(by) : EXIT.ok;
}

function cannotReload(refusals: readonly ReloadRefusal[]): SigctlError {
  const [first] = refusals;
  const reasons = refusals.map(({ service, reason }) => `"${service}": ${reason}`).join('; ');
  return new SigctlError(`Cannot reload ${reasons}`, {
    code: refusals.find(({ code }) => code === 'RELOAD_UNSUPPORTED')?.code ?? first?.code ?? 'RELOAD_UNSUPPORTED',
    hint: refusals.map(({ hint }) => hint).join('; '),
    exitCode: EXIT.failed,
  });
}

function nothingNamed(): SigctlError {
  return new SigctlError('Cannot reload without the name of a service', {
    code: 'ARGUMENT_MISSING',
    hint: 'sigctl reload website, or everything that runs: sigctl reload --or-restart',
    exitCode: EXIT.usage,
  });
}
