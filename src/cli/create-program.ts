import type { Command } from 'commander';
import { wrapHelp } from '../render/wrap-help.js';
import { commandOf, configOf } from './argv.js';
import { COMMANDS, type CommandName } from './command-list.js';
import { createDeps } from './deps.js';
import { createRoot, obeyQuiet } from './program.js';
import { refuseQuietly } from './refused-line.js';
import type { Terminal } from './terminal.js';

/** The program that parses and runs this line. */
export async function createProgram(argv: readonly string[], terminal: Terminal): Promise<Command> {
  const deps = createDeps(terminal, configOf(argv));
  const program = createRoot(deps.version).configureOutput({
    writeOut: (text) => terminal.writeOut(wrapHelp(text, terminal.width)),
    writeErr: terminal.writeErr,
  });
  refuseQuietly(obeyQuiet(program, terminal.quiet));
  for (const name of needed(argv)) {
    const child = await COMMANDS[name](deps);
    program.addCommand(refuseQuietly(child.copyInheritedSettings(program)));
  }
  if (program.commands.length > 1) {
    const { renderTopicList } = await import('../render/help-topics.js');
    program.addHelpText('after', renderTopicList());
  }
  return program;
}

/** Only the command that was typed is loaded; help and typos need them all. */
function needed(argv: readonly string[]): readonly CommandName[] {
  const typed = commandOf(argv);
  if (typed !== undefined && typed !== 'help' && isCommandName(typed)) return [typed];
  return Object.keys(COMMANDS).filter(isCommandName);
}

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
