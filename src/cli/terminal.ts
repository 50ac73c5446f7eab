import { fstatSync } from 'node:fs';
import { EXIT } from '../errors.js';
import { hasFlag } from './argv.js';
import { Quiet } from './quiet.js';
import { writeText } from './write-text.js';

const STDOUT = 1;
const STDERR = 2;

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
  /** Columns of stderr where that is a terminal, else endless: in a log file a sentence is one line. */
  readonly errWidth: number;
  /** Of `--quiet`. */
  readonly quiet: Quiet;
  readonly exitCode: () => number;
  readonly setExitCode: (code: number) => void;
}

/** Columns for a pipe, which has none of its own: a table that fits everywhere. */
const PIPE_COLUMNS = 80;

/** Reads colour, width and kind of the streams. `--no-color` and `NO_COLOR` win over `FORCE_COLOR` (no-color.org, force-color.org). */
export function readTerminal(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Terminal {
  let exitCode = 0;
  // node's own streams are made when they are first touched, so only where a terminal is on the other side.
  const isOutTerminal = isDevice(STDOUT) && process.stdout.isTTY === true;
  // Most commands say nothing on stderr: it is looked at when somebody asks.
  let known: boolean | undefined;
  const isErrTerminal = (): boolean => {
    known ??= isDevice(STDERR) && process.stderr.isTTY === true;
    return known;
  };
  const quiet = new Quiet();
  const onFailure = createFailureReport();
  const writer = (descriptor: number) => (text: string) => {
    try {
      writeText(descriptor, text);
    } catch (error) {
      onFailure(descriptor, error);
    }
  };
  return {
    writeOut: quiet.wrap('stdout', writer(STDOUT)),
    writeErr: quiet.wrap('stderr', writer(STDERR)),
    quiet,
    outColour: wantsColour(argv, env, isOutTerminal),
    get errColour() {
      return wantsColour(argv, env, isErrTerminal());
    },
    outIsTerminal: isOutTerminal,
    // A terminal of no columns (some pseudo-terminals) makes a spinner repaint without end.
    get errIsTerminal() {
      return isErrTerminal() && (process.stderr.columns ?? 0) > 0;
    },
    width: isOutTerminal ? (process.stdout.columns ?? PIPE_COLUMNS) : PIPE_COLUMNS,
    get errWidth() {
      return isErrTerminal() ? process.stderr.columns || PIPE_COLUMNS : Number.POSITIVE_INFINITY;
    },
    exitCode: () => exitCode,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
}

/** Linux's devices of memory: /dev/null, /dev/full, … (admin-guide/devices.txt). */
const MEMORY_DEVICES = 1;

/** Whether it may be a terminal: a device, and not /dev/null or its like. A closed descriptor is none. */
function isDevice(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev >> 8 !== MEMORY_DEVICES;
  } catch {
    // EBADF: the shell closed it (`>&-`).
    return false;
  }
}

function wantsColour(argv: readonly string[], env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (hasFlag(argv, '--no-color') || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

/**
 * `sigctl status | head -1` closes the pipe early: there is nobody left to tell, and nothing went wrong. Any other failure
 * (a full disk) makes the exit code 1, as a script must not take half a result for a whole one.
 */
function createFailureReport(): (descriptor: number, error: unknown) => void {
  let isReported = false;
  return (descriptor, error) => {
    if (!(error instanceof Error) || ('code' in error && error.code === 'EPIPE') || isReported) return;
    isReported = true;
    // Later than main's own code, which may be on its way already.
    process.once('exit', () => {
      process.exitCode = EXIT.failed;
    });
    if (descriptor === STDERR) return;
    try {
      writeText(STDERR, `sigctl: Cannot write to stdout: ${error.message}\n`);
    } catch {
      // Nobody can be told, and the exit code says it.
    }
  };
}
