import { Command } from 'commander';
import { type GlobalFlags, jsonOption } from './options.js';

/** One service, or one process of it, that a command only tells about. */
export interface AboutService {
  readonly service: string;
  readonly config: string | undefined;
  readonly json: boolean;
}

/** Declares a command that tells about one service. */
export function aboutServiceCommand(
  { name, help }: { readonly name: string; readonly help: string },
  run: (about: AboutService) => Promise<void>,
): Command {
  return new Command(name)
    .argument('<service>', 'a service, or one of its processes (web-1)')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action((service: string, { json }: { json: boolean }, command: Command) =>
      run({ service, config: command.optsWithGlobals<GlobalFlags>().config, json }),
    );
}
