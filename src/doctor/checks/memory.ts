import { formatSize } from '../../core/size.js';
import type { ServiceSpec } from '../../core/stack.js';
import type { ObservedInstance } from '../../observe/observe-processes.js';
import { type MemoryInfo, readMemoryInfo } from '../../process/memory-info.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, error, notChecked, ok, warning } from '../report.js';
import { count, listSome } from '../words.js';

/** Below this the kernel is about to end processes of its own choice. */
const OUT_BYTES = 100 * 1024 ** 2;

/** One service that should run: what it may take, and what it takes already, all its processes together. */
export interface MemoryDemand {
  readonly service: string;
  readonly limitBytes: number;
  readonly usedBytes: number;
}

/** Whether the services that should run can all grow to their limits. */
export function checkMemory({ stack, facts }: CheckDeps): readonly CheckFinding[] {
  const memory = readMemoryInfo();
  if (memory === undefined) return [notChecked('no /proc/meminfo on this machine')];
  if (stack === undefined) return [notChecked(NO_STACK)];
  const wanted = stack.services.filter(({ name }) => facts.wanted().has(name));
  return [
    judgeMemory(
      memory,
      wanted.flatMap((spec) => demandOf(spec, facts.instances())),
    ),
  ];
}

function demandOf(spec: ServiceSpec, instances: readonly ObservedInstance[]): readonly MemoryDemand[] {
  if (spec.memoryLimitBytes === undefined) return [];
  const own = instances.filter((instance) => instance.spec.name === spec.name);
  const used = own.map(({ process }) => (process.kind === 'running' ? process.memoryBytes : 0));
  const usedBytes = used.reduce((sum, bytes) => sum + bytes, 0);
  return [{ service: spec.name, limitBytes: spec.memoryLimitBytes * spec.instances, usedBytes }];
}

/** Pure. What a service has already is no longer free, so only the rest of its limit is asked for. */
export function judgeMemory(
  { totalBytes, availableBytes }: MemoryInfo,
  demands: readonly MemoryDemand[],
): CheckFinding {
  const limitBytes = demands.reduce((sum, demand) => sum + demand.limitBytes, 0);
  const missingBytes = demands.reduce((sum, demand) => sum + Math.max(0, demand.limitBytes - demand.usedBytes), 0);
  const free = `${formatSize(availableBytes)} of ${formatSize(totalBytes)} available`;
  const sum = `${count(demands.length, 'service')} that should run may take ${formatSize(limitBytes)}`;
  if (availableBytes < OUT_BYTES) {
    return error({
      code: 'MEMORY_LOW',
      evidence: `${free}, below ${formatSize(OUT_BYTES)}: the kernel will soon end processes of its own choice`,
      mend: 'ps axo pid,rss,comm --sort=-rss | head shows who takes it; stop what is not needed',
    });
  }
  if (availableBytes >= missingBytes) return ok(demands.length === 0 ? free : `${free}; ${sum}`);
  const largest = [...demands].sort((a, b) => b.limitBytes - a.limitBytes);
  return warning({
    code: 'MEMORY_LOW',
    evidence: `${free}; ${sum}, ${formatSize(missingBytes)} more than now, and that does not fit: ${listSome(largest.map(({ service, limitBytes }) => `${service} ${formatSize(limitBytes)}`))}`,
    mend: 'lower max_memory_restart in the manifest, or run a smaller mode: sigctl mode',
  });
}
