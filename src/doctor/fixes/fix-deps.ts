import type { FixOutcome } from '../../core/finding.js';

/** What a fix works with. */
export interface FixDeps {
  /** Path of `flock(1)`. */
  readonly flock: string | undefined;
  readonly show: (path: string) => string;
  /** The pid of this stack's PM2 daemon, looked up anew. */
  readonly daemonPid: () => number | undefined;
}

/** What was done, or why it was left. */
export type FixResult = Pick<FixOutcome, 'kind' | 'detail'>;

export const fixed = (detail: string): FixResult => ({ kind: 'fixed', detail });
export const left = (detail: string): FixResult => ({ kind: 'left', detail });
