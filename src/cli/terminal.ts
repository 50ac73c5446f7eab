import { EXIT } from '../errors.js';

/** The streams of this process, and what they can show. */
export interface Terminal {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly outColour: boolean;
  readonly errColour: boolean;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of stdout. */
  readonly width: number;
  readonly exitCode: () => number;
  readonly setExitCode: (code: number) => void;
}

/** Columns for a pipe, which has none of its own: a table that fits everywhere. */
const PIPE_COLUMNS = 80;

/** Reads colour, width and kind of the streams. `--no-color` and `NO_COLOR` win over `FORCE_COLOR` (no-color.org, force-color.org). */
export function readTerminal(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Terminal {
  let exitCode = 0;
  tolerateFailedWrites(process.stdout);
  tolerateFailedWrites(process.stderr);
  const hasColour = (stream: NodeJS.WriteStream): boolean => wantsColour(argv, env, stream.isTTY === true);
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeErr: (text) => void process.stderr.write(text),
    outColour: hasColour(process.stdout),
    errColour: hasColour(process.stderr),
    outIsTerminal: process.stdout.isTTY === true,
    // A terminal of no columns (some pseudo-terminals) makes a spinner repaint without end.
    errIsTerminal: process.stderr.isTTY === true && (process.stderr.columns ?? 0) > 0,
    width: process.stdout.columns ?? PIPE_COLUMNS,
    exitCode: () => exitCode,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
}

function wantsColour(argv: readonly string[], env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (argv.includes('--no-color') || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

/**
 * `sigctl status | head -1` closes the pipe early: there is nobody left to tell, and nothing went wrong. Any other failure
 * (a full disk) makes the exit code 1, as a script must not take half a result for a whole one.
 */
function tolerateFailedWrites(stream: NodeJS.WriteStream): void {
  let isReported = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isReported) return;
    isReported = true;
    // Later than main's own code, which may be on its way already.
    process.once('exit', () => {
      process.exitCode = EXIT.failed;
    });
    if (stream !== process.stderr) process.stderr.write(`sigctl: Cannot write to stdout: ${error.message}\n`);
  });
}
