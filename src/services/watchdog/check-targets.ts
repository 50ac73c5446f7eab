import { processKeys, type ServiceSpec, type Stack } from '../../core/stack.js';
import { observeProcesses } from '../../observe/observe-processes.js';
import type { CheckTarget } from '../../probe/check-runner.js';
import { launchedAtMs } from '../../process/gate.js';
import { gatePath, type HomePaths, lockPath } from '../../process/home.js';
import { isAlive } from '../../process/identity.js';
import { readLaunchRecord } from '../../process/launch-record.js';
import { readBootId } from '../../process/proc-stat.js';

/** A live process with health checks. */
export interface ServiceTarget extends CheckTarget {
  readonly spec: ServiceSpec;
  readonly key: string;
}

export interface TargetQuery {
  readonly paths: HomePaths;
  readonly wanted: ReadonlySet<string>;
  readonly nowMs: number;
}

/** Every live process of the wanted services that have checks. Cheap: reads a lock file and a line of `/proc` for each, and no memory. */
export function readCheckTargets(stack: Stack, query: TargetQuery): readonly ServiceTarget[] {
  const bootId = readBootId();
  return stack.services
    .filter(({ name, checks }) => checks.length > 0 && query.wanted.has(name))
    .flatMap((spec) => readProcesses(spec, stack, query, bootId))
    .map(({ process, ...rest }) => ({
      ...{ ...rest, service: rest.spec.name, process, checks: rest.spec.checks },
      isStarting: () =>
        query.nowMs - launchedAtMs(gatePath(query.paths, rest.key), process, query.nowMs) < rest.spec.ready.withinMs,
    }));
}

type Found = Pick<ServiceTarget, 'spec' | 'key' | 'instance' | 'process'>;

function readProcesses(spec: ServiceSpec, stack: Stack, { paths, nowMs }: TargetQuery, bootId: string): Found[] {
  if (spec.kind === 'cluster') {
    // PM2 alone knows the processes of a cluster; the others of the stack are nothing to look at here.
    const seen = observeProcesses({ ...stack, services: [spec] }, { paths, nowMs, explain: () => false });
    return seen.flatMap(({ key, instance, process, listed }) =>
      listed && process.kind === 'running' ? [{ spec, key, instance, process: process.identity }] : [],
    );
  }
  return processKeys(spec).flatMap((key, index) => {
    const record = readLaunchRecord(lockPath(paths, key));
    if (record === undefined || record.bootId !== bootId || !isAlive(record.identity)) return [];
    return [{ spec, key, instance: String(index), process: record.identity }];
  });
}
