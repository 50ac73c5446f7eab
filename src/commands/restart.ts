import { Command } from 'commander';
import { anyFailed } from '../core/outcome.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStartOutcomes, renderStopOutcomes } from '../render/outcomes.js';
import { exitCodeOfStart } from './exit-code.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import { selectServices } from './select-services.js';
import type { MutatingDeps } from './session.js';
import { membersOf } from './start.js';

export interface RestartOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly waitMs: number;
  readonly json: boolean;
}

/** Declares `sigctl restart`. Tests of parsing pass their own `run`. */
export function restartCommand(deps: MutatingDeps, run = runRestart): Command {
  return new Command('restart')
    .description('Restart services with the manifest of now, and wait until each is ready')
    .argument('[service...]', 'services to restart, and only these (default: those of the mode in force, else all)')
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
  sigctl restart trading           one service; the others keep their processes
  sigctl restart                   all services of the mode in force

A service that did not run is started. An orphan is taken back under PM2.
Exit codes: 0 all ready, 1 one failed, 2 wrong use, 4 PM2 or the database cannot be reached, 130 interrupted.`;

export async function runRestart(deps: MutatingDeps, options: RestartOptions): Promise<number> {
  const view = deps.out.showProgress();
  try {
    const { stopped, started } = await deps.withSession(
      {
        config: options.config,
        waitMs: options.waitMs,
        command: ['restart', ...options.services].join(' '),
        onProgress: view.report,
      },
      (session) =>
        session.applyRestart(
          options.services.length === 0
            ? membersOf(session.stack, session.mode ?? 'full')
            : selectServices(session.stack, options.services),
        ),
    );
    view.done();
    const unstoppable = stopped.filter((outcome) => outcome.kind === 'failed');
    const ok = !anyFailed([...stopped, ...started]);
    if (options.json) deps.out.print(renderJson({ stopped, started, ok }));
    else
      deps.out.print(
        [renderStopOutcomes(unstoppable, deps.out.colour), renderStartOutcomes(started, deps.out.colour)]
          .filter(Boolean)
          .join('\n'),
      );
    return unstoppable.length > 0 ? EXIT.failed : exitCodeOfStart(started);
  } finally {
    view.done();
  }
}
