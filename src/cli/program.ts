import { Command, Help, type Option } from 'commander';
import type { Quiet } from './quiet.js';
import { PROGRAM_PURPOSE, ROOT_OPTIONS, renderHelp, VERSION_FLAGS } from './root-help.js';

/** `sigctl` without its commands: name, purpose and the options that work behind every command. Its help is laid out for `columns`. */
export function createRoot(version: string, columns = DEFAULT_COLUMNS): Command {
  const root = new Command('sigctl').description(PROGRAM_PURPOSE).version(version, VERSION_FLAGS);
  for (const [flags, what] of Object.entries(ROOT_OPTIONS)) root.option(flags, what);
  root.helpInformation = () => renderHelp(columns);
  return root.helpCommand(false).configureHelp({ optionDescription: describeOption, minWidthToWrap: 20 });
}

/** Of documents and pipes. */
const DEFAULT_COLUMNS = 80;

/** Obeys `--quiet` of the program. A command with a `--quiet` of its own says less by itself. */
export function obeyQuiet(program: Command, quiet: Quiet): Command {
  return program.hook('preAction', (root, command) => {
    if (root.opts<{ quiet?: boolean }>().quiet !== true) return;
    if (command.options.some(({ long }) => long === '--quiet')) command.setOptionValue('quiet', true);
    else quiet.begin(command.opts<{ json?: boolean }>().json === true ? 'stderr' : 'all');
  });
}

/** That a flag is off unless it is typed goes without saying. */
function describeOption(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option);
}
