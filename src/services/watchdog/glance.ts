import { heartbeatLimitMs, progressLimitMs } from '../../core/judge.js';
import type { StatusRow } from '../../core/status-row.js';
import type { Judgement } from '../../core/verdict.js';
import type { Observed } from './observe.js';
import type { TreeSampler } from './tree-sampler.js';

/** One process as the last look judged it. */
interface Judged extends Observed {
  readonly judgement: Pick<Judgement, 'verdict'>;
  readonly row: StatusRow | undefined;
}

/** Silence that is too long after less than this is not left to look at until the next second. */
const SHORT_LIMIT_MS = 4_000;
/** Growth of one tree between two samples that is worth a look at everything: 4 MB/s leave time enough below any limit. */
const GROWN_BYTES = 2 * 1024 ** 2;

/** Whether all is as it should be: what is wanted is healthy, and the rest does not run. Then only what happens can change a verdict soon. */
export function isAtRest(seen: readonly Judged[]): boolean {
  return seen.every(({ instance: { process, spec }, tree, judgement: { verdict }, row }) => {
    if (process.kind === 'none') return verdict === 'stopped';
    if (verdict !== 'healthy' || tree === undefined) return false;
    const limits = [heartbeatLimitMs(row, spec.health), progressLimitMs(row, spec.health)];
    return limits.every((limitMs) => limitMs === undefined || limitMs >= SHORT_LIMIT_MS);
  });
}

/** Whether all trees that were seen live on and need no more memory than then. It samples them, and asks nobody else. */
export function isUnchanged(seen: readonly Observed[], sampler: Pick<TreeSampler, 'begin' | 'sample'>): boolean {
  sampler.begin();
  for (const { instance, tree } of seen) {
    if (instance.process.kind === 'none' || tree === undefined) continue;
    const sample = sampler.sample(instance.process.identity);
    if (sample === undefined || sample.memoryBytes - tree.memoryBytes > GROWN_BYTES) return false;
  }
  return true;
}
