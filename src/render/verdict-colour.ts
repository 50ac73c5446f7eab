import type { Verdict } from '../core/verdict.js';

/** Green works, yellow works for now, red wants somebody. */
export const VERDICT_COLOURS: Readonly<Record<Verdict, 'green' | 'yellow' | 'red' | 'gray' | 'cyan'>> = {
  healthy: 'green',
  starting: 'cyan',
  stopped: 'gray',
  degraded: 'yellow',
  orphaned: 'yellow',
  unhealthy: 'red',
  stale: 'red',
  hung: 'red',
  down: 'red',
  'crash-loop': 'red',
  duplicate: 'red',
};
