import { Argument, Command } from 'commander';
import type { ArgumentDeclaration, Declaration } from '../commands/declaration.js';
import { commanderOption, type GlobalFlags } from '../commands/options.js';

/** Commander's command of a declared one: it parses any line, tells what is wrong with it, and shows the help. */
export function buildCommand({ name, argument, options, help, run }: Declaration): Command {
  const command = new Command(name).addHelpText('after', help);
  if (argument !== undefined) command.addArgument(commanderArgument(argument));
  for (const option of Object.values(options)) command.addOption(commanderOption(option));
  return command.action(() => {
    const words = command.processedArgs.flat().filter((word) => word !== undefined);
    return run({ words, flags: command.opts(), config: command.optsWithGlobals<GlobalFlags>().config });
  });
}

function commanderArgument({ syntax, what, choices, value }: ArgumentDeclaration): Argument {
  const argument = new Argument(syntax, what);
  if (choices !== undefined) argument.choices(choices);
  return value === undefined ? argument : argument.default(value);
}
