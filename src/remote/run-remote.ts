import { spawn } from 'node:child_process';
import { EXIT, SigctlError } from '../errors.js';
import type { Connection } from './connection.js';
import type { Host } from './find-host.js';
import { remoteFailure } from './remote-errors.js';
import { sshCommand } from './ssh-command.js';

/** Enough of what ssh says to name the reason of a failure. */
const KEPT_STDERR = 4_096;
/** Lines of ssh itself, as it says why there is no connection. */
const OF_SSH = /^(?:ssh: [^\n]*\n)+$/;
const INTERRUPTED = 130;

/** What a view does at its end (`cli/screen.ts`). Entered once more first: where no view was left open, nothing changes. */
const LEAVE_VIEW = '\u001b[?2026l\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049h\u001b[?1049l';

export interface RemoteRun {
  readonly host: Host;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs sigctl on a host as if it ran here: streams, exit code, Ctrl-C and, on a terminal, its size.
 *
 * @throws {SigctlError} `HOST_UNREACHABLE`, `HOST_FOLDER_MISSING`, `HOST_WITHOUT_NODE`, `HOST_WITHOUT_SIGCTL`, `SSH_MISSING` (exit 4).
 */
export async function runRemote(
  connection: Connection,
  run: RemoteRun,
  terminal: {
    readonly tty: boolean;
    readonly writeOut: (text: string) => void;
    readonly writeErr: (text: string) => void;
  },
): Promise<number> {
  const [program = 'ssh', ...args] = sshCommand(connection.ssh, {
    address: run.host.address,
    argv: run.argv,
    env: run.env,
    tty: terminal.tty,
    batch: false,
    controlPath: connection.controlPath,
  });
  const child = spawn(program, args, { stdio: [terminal.tty ? 'inherit' : 'pipe', 'inherit', 'pipe'] });
  let tail = '';
  let held = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString();
    tail = `${tail}${text}`.slice(-KEPT_STDERR);
    // What ssh says of a connection that failed is in our own message, and is not told twice.
    if (OF_SSH.test(text)) held += text;
    else terminal.writeErr(text);
  });
  let isInterrupted = false;
  const stopRelaying = terminal.tty
    ? ignoreInterrupt()
    : relaySignals((name) => {
        isInterrupted = true;
        child.stdin?.write(`${name}\n`);
      });
  // The relay over there ends on its own once the command does; a write that comes too late is no failure.
  child.stdin?.on('error', () => undefined);
  try {
    const exitCode = await ended(child, program);
    const failure = remoteFailure(run.host, exitCode, tail);
    // A connection that was lost takes along the view that would have given the terminal back.
    if (failure !== undefined && terminal.tty && isView(run.argv)) terminal.writeOut(LEAVE_VIEW);
    // Ctrl-C in a terminal reaches ssh too, which then ends as if it had failed; the command over there was hung up.
    if (failure !== undefined && isInterrupted) return INTERRUPTED;
    if (failure !== undefined) throw failure;
    terminal.writeErr(held);
    return exitCode;
  } finally {
    stopRelaying();
  }
}

function isView(argv: readonly string[]): boolean {
  return ['top', '--watch', '-w'].some((word) => argv.includes(word));
}

/** Runs sigctl on a host without a terminal and without questions, and returns what it printed. */
export async function collectRemote(
  connection: Connection,
  run: RemoteRun,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const [program = 'ssh', ...args] = sshCommand(connection.ssh, {
    address: run.host.address,
    argv: run.argv,
    env: run.env,
    tty: false,
    batch: true,
    controlPath: connection.controlPath,
  });
  // Its end is a hang-up for the command there, so stdin stays open until we are done.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-KEPT_STDERR)));
  child.stdin.on('error', () => undefined);
  const exitCode = await ended(child, program);
  const failure = remoteFailure(run.host, exitCode, stderr);
  if (failure !== undefined) throw failure;
  return { exitCode, stdout, stderr };
}

function ended(child: ReturnType<typeof spawn>, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(sshMissing(program, cause)));
    // The reader of our output is gone (`| head -1`), which is nobody's fault.
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGPIPE' ? EXIT.ok : EXIT.failed)));
  });
}

const RELAYED = { SIGINT: 'INT', SIGTERM: 'TERM', SIGHUP: 'HUP' } as const;

/** @returns How to stop it. */
function relaySignals(send: (name: string) => void): () => void {
  const relays = Object.entries(RELAYED).map(([signal, name]) => ({ signal, relay: () => send(name) }));
  for (const { signal, relay } of relays) process.on(signal, relay);
  return () => {
    for (const { signal, relay } of relays) process.off(signal, relay);
  };
}

/** The terminal sends Ctrl-C through ssh as a key; this process only has to outlive it. */
function ignoreInterrupt(): () => void {
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  return () => process.off('SIGINT', ignore);
}

function sshMissing(program: string, cause: Error): SigctlError {
  return new SigctlError(`Cannot start "${program}": ${cause.message}`, {
    code: 'SSH_MISSING',
    hint: 'Install the OpenSSH client, or correct SIGCTL_SSH_COMMAND',
    exitCode: EXIT.environment,
    cause,
  });
}
