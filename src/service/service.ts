import type { Logger } from 'pino';
import type { LeaseHandle, LeaseOptions } from './lease.js';

/** The states that a service may report; `starting` and `stopped` are written by the kit. */
export type RunState = 'running' | 'scanning' | 'idle' | 'error';

export interface ServiceOptions {
  /** Used where sigctl has not given a name (SIGCTL_SERVICE wins). */
  readonly name: string;
  readonly version?: string | undefined;
  /** Default 5000. */
  readonly heartbeatEveryMs?: number | undefined;
  /** One deadline for all shutdown hooks together. Default 5000; keep it under the service's kill_timeout. */
  readonly shutdownWithinMs?: number | undefined;
  /** Lines for the start-up banner, by label. Never a secret. */
  readonly banner?: Readonly<Record<string, string>> | undefined;
  /** Default: the process's own environment. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A running service as it sees itself. No method throws because of the status table. */
export interface Service {
  /** JSON lines on stdout, written before the call returns, so that none is lost on exit. Level: LOG_LEVEL. */
  readonly log: Logger;
  /** Aborted when shutdown begins; its reason is the shutdown's reason. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  now(): number;
  /** Reports what the service is doing. The first call ends `starting`: make it when work can be accepted. */
  state(
    state: RunState,
    more?: { readonly reason?: string; readonly detail?: Readonly<Record<string, unknown>> },
  ): void;
  /** Reports one finished piece of work; started work is no progress. `withinMs`: when the next one is overdue. */
  progress(
    name: string,
    more?: { readonly withinMs?: number; readonly detail?: Readonly<Record<string, unknown>> },
  ): void;
  /** A lease on a job that only one process of the stack may do. Nothing is taken until `tryAcquire()`. */
  lease(name: string, options: LeaseOptions): LeaseHandle;
  /** Adds a hook; the last added runs first. All of them share one deadline (`shutdownWithinMs`). */
  onShutdown(hook: ShutdownHook): void;
  /**
   * Adds a hook for `sigctl reload` (SIGHUP): take up the code, configuration or certificate of now without ending. What it throws is
   * the reason of a reload that failed, and the service goes on as before. Hooks run one after the other; so do reloads.
   */
  onReload(hook: ReloadHook): void;
  /** Begins the shutdown and returns. The reason is kept as the terminal reason; the first of two calls counts. */
  stop(reason: string, exitCode?: number): void;
}

export type ReloadHook = () => unknown;

/** @param reason `SIGINT`, `SIGTERM`, or what `stop` was given. */
export type ShutdownHook = (reason: string) => unknown;
