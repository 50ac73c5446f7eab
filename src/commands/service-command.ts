import { Command, type Option } from 'commander';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import { selectServices } from './select-services.js';
import type { MutatingDeps, ProgressView, SessionRequest } from './session.js';

/** What `start`, `stop` and `restart` take. */
export interface ServiceOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  /** How long to wait for another command. */
  readonly waitMs: number;
  readonly json: boolean;
  /** Flags of one verb alone, by name; absent when not typed. */
  readonly flags?: Readonly<Record<string, boolean>>;
}

export interface ServiceVerb {
  readonly name: 'start' | 'stop' | 'restart' | 'reload';
  /** Help of the argument `[service...]`. */
  readonly argument: string;
  /** Flags that only this verb has. */
  readonly flags?: readonly Option[];
  /** Examples and exit codes. */
  readonly help: string;
}

/** Declares a command that changes services named on the line. `run` returns the exit code. */
export function serviceCommand(
  verb: ServiceVerb,
  deps: MutatingDeps,
  run: (deps: MutatingDeps, options: ServiceOptions) => Promise<number>,
): Command {
  const own = verb.flags ?? [];
  const declared = own.reduce(
    (command, flag) => command.addOption(flag),
    new Command(verb.name).argument('[service...]', verb.argument),
  );
  return declared
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', verb.help)
    .action(async (services: string[], typed: TypedFlags, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      const { wait: waitMs, json } = typed;
      const flags = ownFlags(own, typed);
      deps.out.setExitCode(await run(deps, { services, config, waitMs, json, ...flags }));
    });
}

type TypedFlags = { readonly wait: number; readonly json: boolean } & Readonly<Record<string, unknown>>;

function ownFlags(own: readonly Option[], typed: TypedFlags): Pick<ServiceOptions, 'flags'> {
  const given = own.map((option) => option.attributeName()).filter((name) => typed[name] === true);
  return given.length === 0 ? {} : { flags: Object.fromEntries(given.map((name) => [name, true])) };
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
    check: ({ stack }) => void selectServices(stack, options.services),
  };
}
