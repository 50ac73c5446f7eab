/** How the start of one process ended. A failure is a value: the others are still started. */
export type StartOutcome =
  | {
      readonly kind: 'ready';
      readonly service: string;
      readonly key: string;
      readonly pid: number;
      readonly tookMs: number;
    }
  | {
      readonly kind: 'kept';
      readonly service: string;
      readonly key: string;
      readonly pid: number;
      readonly note: string | null;
    }
  /** A oneshot service that did its work: now, or (`tookMs` is null) before, so that it was not started again. */
  | {
      readonly kind: 'completed';
      readonly service: string;
      readonly key: string;
      readonly code: number;
      readonly tookMs: number | null;
    }
  | ({ readonly kind: 'failed' } & StartFailure)
  /** Something it needs did not start. */
  | { readonly kind: 'skipped'; readonly service: string; readonly key: string; readonly reason: string }
  /** The operator pressed Ctrl-C: while it was starting, and it is left as it is; or before it was `launched`, and it is not wanted. */
  | { readonly kind: 'interrupted'; readonly service: string; readonly key: string; readonly launched: boolean };

export interface StartFailure {
  readonly service: string;
  readonly key: string;
  /** Stable: scripts match this. */
  readonly code:
    | 'PORT_TAKEN'
    | 'SCRIPT_MISSING'
    | 'CRASHED'
    | 'NOT_READY'
    | 'LOCK_HELD'
    | 'LAUNCH_FAILED'
    | 'EARLIER_PROCESSES';
  readonly reason: string;
  /** The next command to type. */
  readonly hint: string;
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  /** What it printed since this start, the last lines. */
  readonly logTail: readonly string[];
}

/** How the stop of one process ended. */
export type StopOutcome =
  /** `forced`: it did not end by itself within its kill timeout and got SIGKILL. */
  | {
      readonly kind: 'stopped';
      readonly service: string;
      readonly key: string;
      readonly pid: number | null;
      readonly tookMs: number;
      readonly forced: boolean;
    }
  | { readonly kind: 'already'; readonly service: string; readonly key: string }
  | {
      readonly kind: 'failed';
      readonly service: string;
      readonly key: string;
      readonly pid: number | null;
      readonly reason: string;
    };

/** What a person sees while a command works. */
export type Progress =
  | { readonly kind: 'starting'; readonly key: string }
  | { readonly kind: 'stopping'; readonly key: string }
  | { readonly kind: 'reloading'; readonly key: string }
  | { readonly kind: 'reloaded'; readonly key: string }
  | { readonly kind: 'started'; readonly outcome: StartOutcome }
  | { readonly kind: 'stopped'; readonly outcome: StopOutcome };

/** Whether a command with these outcomes failed. */
export function anyFailed(outcomes: readonly { readonly kind: string }[]): boolean {
  return outcomes.some((outcome) => outcome.kind === 'failed' || outcome.kind === 'skipped');
}
