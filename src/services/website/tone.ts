import type { Verdict } from '../../core/verdict.js';

/** Colour of a verdict; the word always stands beside it. */
export type Tone = 'good' | 'wait' | 'warn' | 'bad' | 'off';

/** `orphaned` is red although it works: nothing would restart it. */
export const VERDICT_TONE = {
  healthy: 'good',
  starting: 'wait',
  degraded: 'warn',
  stopped: 'off',
  unhealthy: 'bad',
  stale: 'bad',
  hung: 'bad',
  down: 'bad',
  'crash-loop': 'bad',
  orphaned: 'bad',
  duplicate: 'bad',
} as const satisfies Record<Verdict, Tone>;
