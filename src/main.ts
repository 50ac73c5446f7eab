import { configOf, hasFlag } from './cli/argv.js';
import { createDeps } from './cli/deps.js';
import { splitHost } from './cli/host-flag.js';
import { RefusedLine } from './cli/refused-line.js';
import { runPlainly } from './cli/run-plainly.js';
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
    if (argv[0] === COMPLETE) return await complete(argv.slice(1), terminal);
    if (argv[0] === ON_HOST) {
      const { deployOnHost } = await import('./cli/deploy-on-host.js');
      return await deployOnHost(argv.slice(1), createDeps(terminal, undefined), terminal);
    }
    const line = splitHost(argv);
    if (line !== undefined) {
      const { runOnHost } = await import('./cli/remote.js');
      return await runOnHost(line, terminal, process.env);
    }
    if (await runPlainly(argv, terminal)) return terminal.exitCode();
    const { createProgram } = await import('./cli/create-program.js');
    const program = await createProgram(argv, terminal);
    await program.parseAsync(argv, { from: 'user' });
    terminal.quiet.end({ show: terminal.exitCode() !== EXIT.ok });
    return terminal.exitCode();
  } catch (error) {
    terminal.quiet.end({ show: false });
    return reportError(error, terminal, argv);
  }
}

/** What the completion scripts call; no command for people, so it is in no list. */
const COMPLETE = '__complete';

/** What `sigctl deploy` calls on the host. */
const ON_HOST = '__deploy';

async function complete(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { printCandidates } = await import('./cli/complete.js');
  await printCandidates(terminal, argv[0] === '--' ? argv.slice(1) : argv);
  return EXIT.ok;
}

/** The only place where an error becomes text and a number. */
async function reportError(error: unknown, terminal: Terminal, argv: readonly string[]): Promise<number> {
  if (error instanceof RefusedLine) return reportRefusal(error, terminal, argv);
  const { renderError } = await import('./render/error.js');
  const { renderJson } = await import('./render/json.js');
  if (error instanceof SigctlError) {
    const { code, message, hint } = error;
    if (hasFlag(argv, '--json')) terminal.writeOut(`${renderJson({ ok: false, error: { code, message, hint } })}\n`);
    else terminal.writeErr(`${renderError(error, terminal.errColour, terminal.errWidth)}\n`);
    return error.exitCode;
  }
  const { fileTrouble } = await import('./cli/file-trouble.js');
  const { databaseTrouble } = await import('./cli/database-trouble.js');
  const { driverMissing } = await import('./store/driver-missing.js');
  const trouble = fileTrouble(error) ?? databaseTrouble(error) ?? driverMissing(error);
  if (trouble !== undefined) return reportError(trouble, terminal, argv);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const bug = 'a bug in sigctl, please report it with this text';
  if (hasFlag(argv, '--json')) {
    terminal.writeOut(`${renderJson({ ok: false, error: { code: 'BUG', message: detail, hint: bug } })}\n`);
  } else terminal.writeErr(`sigctl: ${bug}:\n${detail}\n`);
  return EXIT.bug;
}

async function reportRefusal(line: RefusedLine, terminal: Terminal, argv: readonly string[]): Promise<number> {
  // Commander has shown what was asked for: help or the version.
  if (line.refusal.exitCode === 0) return EXIT.ok;
  // Nothing was typed, and the help is on stderr.
  if (line.refusal.code === 'commander.help') return EXIT.usage;
  const { usageError } = await import('./cli/usage-error.js');
  const isWord = line.refusal.code === 'commander.unknownCommand';
  return reportError(usageError(line, argv, isWord ? await serviceNames(terminal, argv) : []), terminal, argv);
}

/** None where there is no manifest, or one with faults: the line is what was asked about. */
async function serviceNames(terminal: Terminal, argv: readonly string[]): Promise<readonly string[]> {
  const config = configOf(argv);
  try {
    const { stack } = await createDeps(terminal, config).openProject(config);
    return stack.services.map(({ name }) => name);
  } catch {
    return [];
  }
}
