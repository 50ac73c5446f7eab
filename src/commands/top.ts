import { Command } from 'commander';
import { runTopLoop } from './top-loop.js';
import type { TopDeps } from './top-ports.js';

/** Declares `sigctl top`. Tests of parsing pass their own `run`. */
export function topCommand(deps: TopDeps, run = runTop): Command {
  return new Command('top').addHelpText('after', HELP).action(async () => deps.out.setExitCode(await run(deps)));
}

const HELP = `
Examples:
  sigctl top                       this stack
  sigctl top --config ./other.cjs  another one
  sigctl @prod top                 on another machine

Keys: ↑ ↓ select, s start, x stop, r restart, m another mode (each asks first), / filter, a log and events of all or of
one, l and e the two panes, p pause, ? help, q quit. Each of these runs the real command, and its result is shown.
A look is taken once a second, as "sigctl status" does; the curves go back a minute. CPU is of the last second.
It needs a terminal of at least 40 columns and 12 rows. For scripts: sigctl status --json.

Exit codes: 0 quit, 2 wrong use or no terminal, 4 the database cannot be reached; 129, 130 and 143 ended by SIGHUP,
SIGINT and SIGTERM.`;

/** @throws {SigctlError} TERMINAL_MISSING, and what the first look throws: before the terminal is touched */
export async function runTop(deps: TopDeps): Promise<number> {
  deps.requireTerminal();
  return runTopLoop(deps, await deps.look());
}
