import { Command, Help, type Option } from 'commander';

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
    .option('--no-color', 'no colour (also NO_COLOR)')
    .helpCommand(false)
    .configureHelp({ optionDescription: describeOption });
}

/** That a flag is off unless it is typed goes without saying. */
function describeOption(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option);
}
