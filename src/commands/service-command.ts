import { Command } from 'commander';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import type { MutatingDeps, ProgressView, SessionRequest } from './session.js';

/** What `start`, `stop` and `restart` take. */
export interface ServiceOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  /** How long to wait for another command. */
  readonly waitMs: number;
  readonly json: boolean;
}

export interface ServiceVerb {
  readonly name: 'start' | 'stop' | 'restart';
  readonly description: string;
  /** Help of the argument `[service...]`. */
  readonly argument: string;
  /** Examples and exit codes. */
  readonly help: string;
}

/** Declares a command that changes services named on the line. `run` returns the exit code. */
export function serviceCommand(
  verb: ServiceVerb,
  deps: MutatingDeps,
  run: (deps: MutatingDeps, options: ServiceOptions) => Promise<number>,
): Command {
  return new Command(verb.name)
    .description(verb.description)
    .argument('[service...]', verb.argument)
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', verb.help)
    .action(async (services: string[], flags: { wait: number; json: boolean }, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      deps.out.setExitCode(await run(deps, { services, config, waitMs: flags.wait, json: flags.json }));
    });
}

/** Works with progress shown, which is taken away in any case. */
export async function withProgress<T>(deps: MutatingDeps, work: (view: ProgressView) => Promise<T>): Promise<T> {
  const view = deps.out.showProgress();
  try {
    return await work(view);
  } finally {
    view.done();
  }
}

export function sessionRequest(verb: string, options: ServiceOptions, view: ProgressView): SessionRequest {
  return {
    config: options.config,
    waitMs: options.waitMs,
    command: [verb, ...options.services].join(' '),
    onProgress: view.report,
  };
}
