import { type ChildProcess, spawn } from 'node:child_process';
import type { Connection } from './connection.js';
import type { Host } from './find-host.js';
import { quote, sshOptions } from './ssh-command.js';

/** Enough of what was said to name the reason of a failure. */
const KEPT_TEXT = 16_384;

export interface ScriptRequest {
  /** For `sh`; `$1`, `$2`, … are the arguments. */
  readonly script: string;
  readonly args: readonly string[];
  /** Each line of stdout, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Ends ssh, and the script with it. */
  readonly signal?: AbortSignal | undefined;
}

export interface ScriptRun {
  /** 255 is ssh's own: no connection, or it was lost. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether ssh itself failed (ssh(1)), and not what it ran. */
export function isLost({ exitCode }: Pick<ScriptRun, 'exitCode'>): boolean {
  return exitCode === 255;
}

/** Runs a script of the POSIX shell on a host. */
export function runScript(connection: Connection, host: Host, request: ScriptRequest): Promise<ScriptRun> {
  const child = startScript(connection, host, request);
  child.stdin?.end();
  return collectRun(child, request);
}

/** The same; the caller writes its stdin, and collects it. */
export function startScript(connection: Connection, host: Host, { script, args }: ScriptRequest): ChildProcess {
  const line = ['sh', '-c', script, 'sigctl', ...args].map(quote).join(' ');
  const options = sshOptions(connection.ssh, { batch: false, controlPath: connection.controlPath });
  const [program = 'ssh', ...before] = [...options, '-T', host.address.target, '--', line];
  return spawn(program, before, { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Collects what a program says until it ends. A program that cannot be started counts as a lost connection. */
export function collectRun(
  child: ChildProcess,
  { onLine, signal }: Pick<ScriptRequest, 'onLine' | 'signal'>,
): Promise<ScriptRun> {
  let stdout = '';
  let stderr = '';
  let open = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout = `${stdout}${text}`.slice(-KEPT_TEXT * 16);
    const lines = `${open}${text}`.split('\n');
    open = lines.pop() ?? '';
    for (const line of lines) onLine?.(line);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-KEPT_TEXT);
  });
  // What it no longer reads is its own matter: its exit code tells.
  child.stdin?.on('error', () => undefined);
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  return new Promise((resolve) => {
    const settle = (exitCode: number): void => {
      signal?.removeEventListener('abort', stop);
      resolve({ exitCode, stdout, stderr });
    };
    child.once('error', (error) => {
      stderr = error.message;
      settle(255);
    });
    // A shared connection keeps the pipes of an ssh that was ended, for as long as the command over there holds them.
    child.once('exit', (code) => signal?.aborted === true && settle(code ?? 255));
    child.once('close', (code) => settle(code ?? 255));
  });
}
