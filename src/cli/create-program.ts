import { Command } from 'commander';
import { wrapHelp } from '../render/wrap-help.js';
import { commandOf, configOf } from './argv.js';
import { loadCommand } from './command-list.js';
import { createDeps } from './deps.js';
import { createRoot, obeyQuiet } from './program.js';
import { COMMAND_NAMES, type CommandName, isCommandName, PURPOSES } from './purposes.js';
import { refuseQuietly } from './refused-line.js';
import type { Terminal } from './terminal.js';

/** The program that parses and runs this line. */
export async function createProgram(argv: readonly string[], terminal: Terminal): Promise<Command> {
  const deps = createDeps(terminal, configOf(argv));
  const program = createRoot(deps.version, terminal.width).configureOutput({
    writeOut: (text) => terminal.writeOut(wrapHelp(text, terminal.width)),
    writeErr: (text) => terminal.writeErr(wrapHelp(text, terminal.errWidth)),
  });
  refuseQuietly(obeyQuiet(program, terminal.quiet));
  const { listed, loaded } = needed(argv);
  for (const name of listed) {
    const child = loaded.includes(name) ? await loadCommand(name, deps) : new Command(name).description(PURPOSES[name]);
    program.addCommand(refuseQuietly(child.copyInheritedSettings(program)));
  }
  return program;
}

interface Needed {
  readonly listed: readonly CommandName[];
  /** The others are no more than their names and purposes. */
  readonly loaded: readonly CommandName[];
}

/** Only the command that was typed is loaded; help lists the others, and a typo may mean any of them. */
function needed(argv: readonly string[]): Needed {
  const typed = commandOf(argv);
  if (typed === undefined) return { listed: COMMAND_NAMES, loaded: [] };
  if (typed === 'help') return { listed: COMMAND_NAMES, loaded: COMMAND_NAMES.filter((name) => argv.includes(name)) };
  if (isCommandName(typed)) return { listed: [typed], loaded: [typed] };
  return { listed: COMMAND_NAMES, loaded: COMMAND_NAMES };
}
