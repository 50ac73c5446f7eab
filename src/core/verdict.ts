/** The one answer to "how is it?", the same in terminal, page, API and alerts. */
export const VERDICTS = [
  'stopped',
  'starting',
  'healthy',
  'degraded',
  'unhealthy',
  'stale',
  'hung',
  'down',
  'crash-loop',
  'orphaned',
  'duplicate',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** In words and numbers: `last cycle 4m 12s ago, limit 90s`. */
  readonly reason: string;
  /** The next command to type, when there is something to do. */
  readonly next?: string;
}

/** Whether a service is to have a process now: it is wanted, and no oneshot that has done its work, which is `stopped`. */
export function isToRun({ wanted, verdict }: { readonly wanted: boolean; readonly verdict: Verdict }): boolean {
  return wanted && verdict !== 'stopped';
}

/** Whether an operator has to look. `starting` and a wanted `stopped` are fine. */
export function isFine(verdict: Verdict): boolean {
  return verdict === 'healthy' || verdict === 'starting' || verdict === 'stopped';
}
