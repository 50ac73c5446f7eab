import { alertVariables } from '../../../core/alert-variables.js';
import type { AlertChannel } from '../../../core/stack.js';
import { alertBody } from './alert-body.js';
import type { DeliveryOutcome, Env, Outgoing, Sender } from './channel.js';

export interface CommandDeps {
  readonly env: () => Env;
  /** The manifest's folder. */
  readonly cwd: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
/** What sh(1) answers when it cannot find the command, or may not run it. */
const CANNOT_RUN = [126, 127];

/** Runs `sh -c` with the alert as JSON on its standard input. Exit 0 is delivered; what it prints goes nowhere. */
export function commandSender(channel: Extract<AlertChannel, { kind: 'command' }>, deps: CommandDeps): Sender {
  const timeoutMs = deps.timeoutMs ?? TIMEOUT_MS;
  return {
    maxBatch: 1,
    minGapMs: 0,
    deadlineMs: timeoutMs + 1_000,
    send: async ([message]) => {
      if (message === undefined) return { kind: 'delivered' };
      return run(channel, message, deps, timeoutMs);
    },
  };
}

async function run(
  channel: Extract<AlertChannel, { kind: 'command' }>,
  message: Outgoing,
  { env, cwd }: CommandDeps,
  timeoutMs: number,
): Promise<DeliveryOutcome> {
  const variables = env();
  const missing = alertVariables([channel]).filter((name) => (variables[name] ?? '') === '');
  if (missing.length > 0) return { kind: 'retry', error: `${missing.join(', ')} is not set`, isUncertain: false };
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    // A group of its own: what it started ends with it.
    const child = spawn('sh', ['-c', channel.command], {
      cwd,
      env: { ...variables },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child.pid);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'retry', error: `cannot be run: ${codeOf(error)}`, isUncertain: false });
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(isLate ? late(timeoutMs) : judge(code, signal));
    });
    // EPIPE: it ended without reading, which is its own affair.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(alertBody(message))}\n`);
  });
}

function judge(code: number | null, signal: NodeJS.Signals | null): DeliveryOutcome {
  if (code === 0) return { kind: 'delivered' };
  if (code === null) return { kind: 'retry', error: `ended by ${signal}`, isUncertain: true };
  const error = `exited with code ${code}`;
  return CANNOT_RUN.includes(code) ? { kind: 'dead', error } : { kind: 'retry', error, isUncertain: false };
}

function late(timeoutMs: number): DeliveryOutcome {
  return { kind: 'retry', error: `still ran after ${timeoutMs / 1000} s, and was ended`, isUncertain: true };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended in this moment.
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
