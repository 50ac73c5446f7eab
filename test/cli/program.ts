import type { Command } from 'commander';
import { loadCommand } from '../../src/cli/command-list.js';
import { createDeps } from '../../src/cli/deps.js';
import { createRoot } from '../../src/cli/program.js';
import { COMMAND_NAMES } from '../../src/cli/purposes.js';
import { refuseQuietly } from '../../src/cli/refused-line.js';
import { readTerminal } from '../../src/cli/terminal.js';

/** The program as `main` builds it, with every command; help goes to the given list. */
export async function wholeProgram(written: string[] = []): Promise<Command> {
  const deps = createDeps(readTerminal([], {}), undefined);
  const program = createRoot('1.2.3').configureOutput({ writeOut: (text) => void written.push(text) });
  refuseQuietly(program);
  for (const name of COMMAND_NAMES) {
    const child = await loadCommand(name, deps);
    program.addCommand(refuseQuietly(child.copyInheritedSettings(program)));
  }
  return program;
}
