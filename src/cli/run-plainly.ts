import { configOf } from './argv.js';
import { isDeclared, loadDeclaration } from './declared-commands.js';
import { createDeps } from './deps.js';
import { readPlainLine } from './plain-line.js';
import type { Terminal } from './terminal.js';

/**
 * Runs a line without commander where it needs no more: `--version`, `--help`, and commands that are declared as data.
 *
 * @returns False where nothing was done, as it is commander's.
 */
export async function runPlainly(argv: readonly string[], terminal: Terminal): Promise<boolean> {
  const [first, ...typed] = argv;
  if (typed.length === 0 && (first === '--version' || first === '-V')) {
    terminal.writeOut(`${createDeps(terminal, undefined).version}\n`);
    return true;
  }
  if (typed.length === 0 && (first === '--help' || first === '-h')) {
    const { renderHelp } = await import('./root-help.js');
    terminal.writeOut(renderHelp(terminal.width));
    return true;
  }
  if (!isDeclared(first)) return false;
  const declaration = await loadDeclaration(first, createDeps(terminal, configOf(argv)));
  const line = readPlainLine(declaration, typed);
  if (line === undefined) return false;
  await declaration.run(line);
  return true;
}
