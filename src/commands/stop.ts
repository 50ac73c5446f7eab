import { Command } from 'commander';
import { anyFailed } from '../core/outcome.js';
import { renderJson } from '../render/json.js';
import { renderStopOutcomes } from '../render/outcomes.js';
import { exitCodeOfStop } from './exit-code.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import { selectServices } from './select-services.js';
import type { MutatingDeps } from './session.js';

export interface StopOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly waitMs: number;
  readonly json: boolean;
}

/** Declares `sigctl stop`. Tests of parsing pass their own `run`. */
export function stopCommand(deps: MutatingDeps, run = runStop): Command {
  return new Command('stop')
    .description('Stop services and wait until each process has exited')
    .argument('[service...]', 'services to stop (default: all)')
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
  sigctl stop                      everything, dependents first; PM2's daemon ends with the last one
  sigctl stop trading market-data  two services

Each gets SIGINT, and SIGKILL after its kill_timeout. Orphans, which PM2 lost, are stopped too.
Exit codes: 0 stopped, or already so; 1 one could not be stopped; 2 wrong use; 4 the database cannot be reached.`;

export async function runStop(deps: MutatingDeps, options: StopOptions): Promise<number> {
  const view = deps.out.showProgress();
  try {
    const outcomes = await deps.withSession(
      {
        config: options.config,
        waitMs: options.waitMs,
        command: ['stop', ...options.services].join(' '),
        onProgress: view.report,
      },
      (session) => {
        const all = session.stack.services.map((spec) => spec.name);
        const names = options.services.length === 0 ? all : selectServices(session.stack, options.services);
        return session.applyStop(session.planStop(names));
      },
    );
    view.done();
    deps.out.print(
      options.json ? renderJson({ outcomes, ok: !anyFailed(outcomes) }) : renderStopOutcomes(outcomes, deps.out.colour),
    );
    return exitCodeOfStop(outcomes);
  } finally {
    view.done();
  }
}
