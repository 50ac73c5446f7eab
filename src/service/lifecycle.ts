import type { Logger } from 'pino';
import { SigctlError } from '../errors.js';
import { runHooks } from './run-hooks.js';
import type { ShutdownHook } from './service.js';
import type { StatusReporter } from './status-reporter.js';

/** Exit codes of a process ended by a signal, as shells count them: 128 + the signal's number. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof SIGNAL_EXIT_CODES;

const CRASH_EXIT_CODE = 1;

/** What a service's end needs from the rest of the kit. */
export interface LifecycleParts {
  readonly log: Logger;
  readonly shutdownWithinMs: number;
  readonly reporter: Pick<StatusReporter, 'stopping' | 'stopped' | 'crashed' | 'exited'>;
  /** The last act before the exit: gives back leases, closes the table. Called once. */
  readonly close: () => void;
}

export interface Lifecycle {
  readonly signal: AbortSignal;
  onShutdown(hook: ShutdownHook): void;
  stop(reason: string, exitCode: number): void;
}

/**
 * Watches this process for its end, and gives each kind of end one path:
 *
 *     SIGINT, SIGTERM, stop() ─ abort signal ─ hooks within one deadline ─ `stopped` ─ exit 0, the given code, or 1 when a hook failed
 *     a second signal         ─ exit 130 or 143 at once
 *     uncaught error          ─ fatal line ─ `error` with the message ─ exit 1 (a `SigctlError`: its own code); no hook runs
 *     nothing left to do      ─ `stopped`, or `error` when the exit code is not 0
 */
export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const { log, reporter } = parts;
  const controller = new AbortController();
  const hooks: ShutdownHook[] = [];
  let stopping = false;
  let ended = false;

  /** The only exit of the kit. Files and pipes have been written to synchronously, so nothing is cut off. */
  const end = (exitCode: number) => {
    ended = true;
    try {
      parts.close();
    } finally {
      process.exit(exitCode);
    }
  };
  const shutDown = async (reason: string, exitCode: number) => {
    stopping = true;
    log.info({ reason }, `shutting down: ${reason}`);
    controller.abort(reason);
    const { late, failures } = await runHooks(hooks, reason, parts.shutdownWithinMs);
    for (const failure of failures) log.error({ err: failure }, 'a shutdown hook failed');
    const lateness = `shutdown took longer than ${parts.shutdownWithinMs} ms`;
    if (late) log.error(`${lateness}: exiting without the hooks that are left`);
    reporter.stopped(late ? `${reason} (${lateness})` : reason);
    end(exitCode === 0 && (late || failures.length > 0) ? 1 : exitCode);
  };
  const onSignal = (signal: StopSignal) => {
    if (!stopping) return void shutDown(signal, 0);
    // Nothing is awaited, not even a database lock: whoever asks twice means now.
    ended = true;
    process.exit(SIGNAL_EXIT_CODES[signal]);
  };
  const onCrash = (error: unknown) => {
    if (ended) return;
    const refusal = error instanceof SigctlError ? error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    if (refusal === undefined) log.fatal({ err: error }, `uncaught error: ${message}`);
    else log.fatal({ code: refusal.code, hint: refusal.hint }, message);
    reporter.crashed(message);
    end(refusal?.exitCode ?? CRASH_EXIT_CODE);
  };
  const onExit = (exitCode: number) => {
    if (ended) return;
    ended = true;
    if (exitCode === 0) reporter.stopped('nothing left to do');
    else reporter.exited(exitCode);
    parts.close();
  };

  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  process.on('exit', onExit);
  // Otherwise a `console.log` after the reader is gone would end the service with EPIPE.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);

  return {
    signal: controller.signal,
    onShutdown: (hook) => void hooks.push(hook),
    stop(reason, exitCode) {
      if (stopping) return;
      reporter.stopping(reason, exitCode);
      void shutDown(reason, exitCode);
    },
  };
}
