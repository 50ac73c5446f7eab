import { Command, Help, type Option } from 'commander';
import type { Quiet } from './quiet.js';

/** `sigctl` without its commands: name, purpose and the options that work behind every command. */
export function createRoot(version: string): Command {
  return new Command('sigctl')
    .description('Runs a stack of services under PM2, and tells the truth about each')
    .version(version, '-V, --version')
    .option('-c, --config <file>', 'the manifest (default: ecosystem.config.cjs here or in a folder above)')
    .option(
      '--host <address>',
      'run the command on another machine over ssh: user@vps:/srv/app, or @name before the command',
    )
    .option('-q, --quiet', 'say nothing, unless it fails; the exit code tells (with --json: the document alone)')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .helpCommand(false)
    .configureHelp({
      optionDescription: describeOption,
      // The arguments stand in the command's own help; without them both columns fit.
      subcommandTerm: (command) => command.name(),
      minWidthToWrap: 20,
    });
}

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
