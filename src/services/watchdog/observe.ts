import type { ObservedProcess, ProcessIdentity } from '../../core/observed-process.js';
import { processKeys, type ServiceSpec } from '../../core/stack.js';
import {
  type ObservedInstance,
  observeProcesses,
  readDaemonPid,
  worthExplaining,
} from '../../observe/observe-processes.js';
import { lockPath } from '../../process/home.js';
import { type LaunchRecord, readLaunchRecord } from '../../process/launch-record.js';
import { readBootId, startedAtMs, ticksToMs } from '../../process/proc-stat.js';
import type { WatchContext } from './context.js';
import type { TreeSample, TreeSampler } from './tree-sampler.js';

/** One process of a service, and its tree when it lives. */
export interface Observed {
  readonly instance: ObservedInstance;
  readonly tree: TreeSample | undefined;
}

/** Why a process is absent is looked into again after this long: it costs a look at every process of the machine. */
const EXPLAIN_EVERY_MS = 2_000;

/**
 * Looks at every process of the stack as `observeProcesses` does, at a fraction of its cost where all is well: the lock file of a
 * process that lives still names it, so that only the process itself is looked at.
 */
export function createObserver(
  { stack, paths, nowMs, monotonicMs }: Pick<WatchContext, 'stack' | 'paths' | 'nowMs' | 'monotonicMs'>,
  sampler: TreeSampler,
) {
  const bootId = readBootId();
  const records = new Map<string, LaunchRecord>();
  let explained: { readonly atMs: number; readonly absent: string; readonly found: readonly ObservedInstance[] };
  explained = { atMs: Number.NEGATIVE_INFINITY, absent: '', found: [] };

  const findLive = (key: string): { readonly record: LaunchRecord; readonly tree: TreeSample } | undefined => {
    const known = records.get(key);
    const tree = known && sampler.sample(known.identity);
    if (known !== undefined && tree !== undefined) return { record: known, tree };
    const record = readLaunchRecord(lockPath(paths, key));
    if (record === undefined || record.bootId !== bootId) return undefined;
    records.set(key, record);
    const fresh = sampler.sample(record.identity);
    return fresh === undefined ? undefined : { record, tree: fresh };
  };

  const explain = (specs: readonly ServiceSpec[], isWanted: (service: string) => boolean) => {
    const absent = specs.map(({ name }) => name).join(' ');
    if (absent !== explained.absent || monotonicMs() - explained.atMs >= EXPLAIN_EVERY_MS) {
      const look = { paths, nowMs: nowMs(), explain: worthExplaining(paths, isWanted) };
      const found = observeProcesses({ ...stack(), services: specs }, look);
      explained = { atMs: monotonicMs(), absent, found: found.filter(({ listed }) => listed) };
    }
    return explained.found;
  };

  let daemonPid: number | undefined;

  return {
    /** PM2's daemon as the last look saw it. */
    daemonPid: () => daemonPid,
    /** @param isWanted Absence of a service that is not wanted needs no explanation. */
    observe: (isWanted: (service: string) => boolean): readonly Observed[] => {
      daemonPid = readDaemonPid(paths);
      const bootAtMs = startedAtMs('0', nowMs());
      const seen = stack().services.flatMap((spec): Observed[] => {
        // PM2 starts the processes of a cluster itself, past the launcher.
        if (spec.kind === 'cluster') return observeCluster(spec);
        return processKeys(spec).map((key, index) => {
          const live = findLive(key);
          const process = live === undefined ? ABSENT : running(live, daemonPid, bootAtMs);
          return {
            instance: { spec, key, instance: String(index), process, listed: true, owner: spec.name },
            tree: live?.tree,
          };
        });
      });
      sampler.sweep();
      const absent = seen.filter(({ instance }) => instance.process.kind === 'none');
      const specs = [...new Set(absent.map(({ instance }) => instance.spec))].filter(({ name }) => isWanted(name));
      if (specs.length === 0) return seen;
      const found = new Map(explain(specs, isWanted).map((instance) => [instance.key, instance]));
      return seen.map((one) => {
        const why = one.instance.process.kind === 'none' ? found.get(one.instance.key) : undefined;
        // It came up between two looks: the next one sees its tree.
        return why?.process.kind === 'none' ? { ...one, instance: why } : one;
      });
    },
  };

  function observeCluster(spec: ServiceSpec): Observed[] {
    const alone = { ...stack(), services: [spec] };
    const seen = observeProcesses(alone, { paths, nowMs: nowMs(), explain: () => false });
    return seen
      .filter(({ listed }) => listed)
      .map((instance) => ({
        instance,
        tree: instance.process.kind === 'running' ? sampler.sample(instance.process.identity) : undefined,
      }));
  }
}

const ABSENT: ObservedProcess = {
  kind: 'none',
  lastExit: null,
  starts: 0,
  breakerOpen: false,
  holdback: null,
  leftovers: [],
};

function running(
  { record, tree }: { readonly record: LaunchRecord; readonly tree: TreeSample },
  daemonPid: number | undefined,
  bootAtMs: number,
): ObservedProcess {
  const identity: ProcessIdentity = record.identity;
  return {
    kind: 'running',
    identity,
    startedAtMs: bootAtMs + ticksToMs(identity.startToken),
    parent: tree.root.ppid === daemonPid ? 'pm2' : 'none',
    starts: record.starts,
    memoryBytes: tree.memoryBytes,
    cpuMs: tree.root.cpuMs,
    duplicates: [],
  };
}
