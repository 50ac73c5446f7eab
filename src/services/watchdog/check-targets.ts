import type { ServiceSpec } from '../../core/stack.js';
import type { CheckTarget } from '../../probe/check-runner.js';
import { launchedAtMs } from '../../process/gate.js';
import { gatePath, type HomePaths } from '../../process/home.js';
import { bootedAtMs } from '../../process/proc-stat.js';
import type { Watched } from './watch.js';

/** A live process with health checks. */
export interface ServiceTarget extends CheckTarget {
  readonly spec: ServiceSpec;
  readonly key: string;
}

/** Every live process of the wanted services that have checks. */
export function checkTargets(seen: readonly Watched[], paths: HomePaths, nowMs: number): readonly ServiceTarget[] {
  return seen.flatMap(({ instance: { spec, key, instance, process: observed }, wanted }) => {
    if (!wanted || observed.kind === 'none' || spec.checks.length === 0) return [];
    const process = observed.identity;
    const isStarting = () =>
      nowMs - launchedAtMs(gatePath(paths, key), process, bootedAtMs(nowMs)) < spec.ready.withinMs;
    return [{ service: spec.name, spec, key, instance, process, checks: spec.checks, isStarting }];
  });
}
