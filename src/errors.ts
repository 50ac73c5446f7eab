/** Exit codes of the `sigctl` command, documented in `docs/architecture.md` §7. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notInState: 3,
  environment: 4,
  bug: 70,
  /** 128 + SIGINT and 128 + SIGTERM, as shells report a command that such a signal ended. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface SigctlErrorOptions {
  /** Stable, UPPER_SNAKE_CASE; tests and scripts match this, never the message. */
  readonly code: string;
  /** The next thing to do, as a command where one exists. */
  readonly hint: string;
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
}

/** A refusal that the operator can act on. Anything else that is thrown is a bug and exits 70. */
export class SigctlError extends Error {
  override readonly name = 'SigctlError';
  readonly code: string;
  readonly hint: string;
  readonly exitCode: ExitCode;

  constructor(message: string, options: SigctlErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}
