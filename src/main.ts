import { Command, CommanderError } from 'commander';
import { COMMANDS, type CommandName } from './cli/command-list.js';
import { createDeps } from './cli/deps.js';
import { readTerminal, type Terminal } from './cli/terminal.js';
import { EXIT, SigctlError } from './errors.js';

/**
 * Runs one command line and returns its exit code. Never ends the process: output that is still on its way gets there.
 *
 * @param argv What was typed after `sigctl`.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = readTerminal(argv);
  try {
    const program = await createProgram(argv, terminal);
    await program.parseAsync(argv, { from: 'user' });
    return terminal.exitCode();
  } catch (error) {
    return reportError(error, terminal, argv);
  }
}

async function createProgram(argv: readonly string[], terminal: Terminal): Promise<Command> {
  const deps = createDeps(terminal, configOf(argv));
  const program = new Command('sigctl')
    .description('Runs a stack of services under PM2, and tells the truth about each')
    .version(deps.version, '-V, --version')
    .option('-c, --config <file>', 'the manifest (default: ecosystem.config.cjs here or in a folder above)')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .showHelpAfterError('Try: sigctl --help')
    .exitOverride()
    .configureOutput({ writeOut: terminal.writeOut, writeErr: terminal.writeErr });
  for (const name of needed(argv)) {
    const child = await COMMANDS[name](deps);
    program.addCommand(child.copyInheritedSettings(program));
  }
  return program;
}

/** Only the command that was typed is loaded; help and typos need them all. */
function needed(argv: readonly string[]): readonly CommandName[] {
  const all = Object.keys(COMMANDS).filter(isCommandName);
  const typed = argv.find((word, index) => !word.startsWith('-') && !isValueOfConfig(argv, index));
  return typed !== undefined && isCommandName(typed) ? [typed] : all;
}

/** `--config=file` and `-cfile`. */
const ATTACHED_CONFIG = /^(?:--config=|-c(?=.))/;

function configOf(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((word, position) => isValueOfConfig(argv, position) || ATTACHED_CONFIG.test(word));
  return argv[index]?.replace(ATTACHED_CONFIG, '');
}

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

function isValueOfConfig(argv: readonly string[], index: number): boolean {
  return ['-c', '--config'].includes(argv[index - 1] ?? '');
}

/** The only place where an error becomes text and a number. */
async function reportError(error: unknown, terminal: Terminal, argv: readonly string[]): Promise<number> {
  // Commander has printed its message already, on stderr; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { renderError } = await import('./render/error.js');
  const { renderJson } = await import('./render/json.js');
  if (error instanceof SigctlError) {
    const { code, message, hint } = error;
    if (argv.includes('--json')) terminal.writeOut(`${renderJson({ ok: false, error: { code, message, hint } })}\n`);
    else terminal.writeErr(`${renderError(error, terminal.errColour)}\n`);
    return error.exitCode;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.writeErr(`sigctl: a bug in sigctl, please report it with this text:\n${detail}\n`);
  return EXIT.bug;
}
