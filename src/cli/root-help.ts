import { renderRootHelp } from '../render/root-help.js';
import { PURPOSES } from './purposes.js';

// Apart from the program, so that its help is shown without commander.

export const PROGRAM_PURPOSE = 'Runs a stack of services under PM2, and tells the truth about each';

export const VERSION_FLAGS = '-V, --version';

/** Options that work behind every command. */
export const ROOT_OPTIONS = {
  '-c, --config <file>': 'the manifest (default: ecosystem.config.cjs here or in a folder above)',
  '--host <address>': 'run the command on another machine over ssh: user@vps:/srv/app, or @name before the command',
  '-q, --quiet': 'say nothing, unless it fails; the exit code tells (with --json: the document alone)',
  '--no-color': 'no colour (also NO_COLOR)',
} as const;

/** `sigctl --help`. */
export function renderHelp(columns: number): string {
  return renderRootHelp(
    {
      purpose: PROGRAM_PURPOSE,
      options: {
        [VERSION_FLAGS]: 'output the version number',
        ...ROOT_OPTIONS,
        '-h, --help': 'display help for command',
      },
      commands: PURPOSES,
    },
    columns,
  );
}
