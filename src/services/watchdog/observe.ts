import type { ObservedProcess, ProcessIdentity } from '../../core/observed-process.js';
import { processKeys, type ServiceSpec } from '../../core/stack.js';
import {
  findDaemon,
  type ObservedInstance,
  observeProcesses,
  worthExplaining,
} from '../../observe/observe-processes.js';
import { lockPath } from '../../process/home.js';
import { type LaunchRecord, readLaunchRecord } from '../../process/launch-record.js';
import { createLockHolderReader } from '../../process/lock-holders.js';
import { type ProcStat, readBootId, startedAtMs } from '../../process/proc-stat.js';
import type { WatchContext } from './context.js';
import type { TreeSample, TreeSampler } from './tree-sampler.js';

/** One process of a service, and its tree when it lives. */
export interface Observed {
  readonly instance: ObservedInstance;
  readonly tree: TreeSample | undefined;
}

/** A process that the launcher named in its lock file. */
interface Launched {
  readonly record: LaunchRecord;
  /** By the wall clock of when it was found; verdicts go by watched ages instead. */
  readonly startedAtMs: number;
}

/** Why a process is absent is looked into again after this long. */
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
  const readHolders = createLockHolderReader(monotonicMs);
  const launched = new Map<string, Launched>();
  let daemonIdentity: ProcessIdentity | undefined;
  let explained: { readonly atMs: number; readonly absent: string; readonly found: readonly ObservedInstance[] };
  explained = { atMs: Number.NEGATIVE_INFINITY, absent: '', found: [] };

  /** Its lock file names it for as long as it lives, so that is read only when it does not. */
  const findLive = (key: string): LiveProcess | undefined => {
    const known = launched.get(key);
    const tree = known && sampler.sample(known.record.identity);
    if (known !== undefined && tree !== undefined) return { ...known, tree };
    launched.delete(key);
    const record = readLaunchRecord(lockPath(paths, key));
    const fresh = record?.bootId === bootId ? sampler.sample(record.identity) : undefined;
    if (record === undefined || fresh === undefined) return undefined;
    const found = { record, startedAtMs: startedAtMs(record.identity.startToken, nowMs()) };
    launched.set(key, found);
    return { ...found, tree: fresh };
  };

  const lookAtDaemon = (): ProcStat | undefined => {
    const stat = daemonIdentity && sampler.look(daemonIdentity);
    if (stat !== undefined) return stat;
    daemonIdentity = findDaemon(paths);
    return daemonIdentity && sampler.look(daemonIdentity);
  };

  const explain = (specs: readonly ServiceSpec[], isWanted: (service: string) => boolean) => {
    const absent = specs.map(({ name }) => name).join(' ');
    if (absent !== explained.absent || monotonicMs() - explained.atMs >= EXPLAIN_EVERY_MS) {
      const look = { paths, nowMs: nowMs(), explain: worthExplaining(paths, isWanted), readHolders };
      const found = observeProcesses({ ...stack(), services: specs }, look);
      explained = { atMs: monotonicMs(), absent, found: found.filter(({ listed }) => listed) };
    }
    return explained.found;
  };

  let daemon: ProcStat | undefined;

  return {
    /** PM2's daemon as the last look saw it. */
    daemon: () => daemon,
    /** Whether that one lives on. */
    isDaemonAlive: (): boolean => daemonIdentity !== undefined && sampler.look(daemonIdentity) !== undefined,
    /** @param isWanted Absence of a service that is not wanted needs no explanation. */
    observe: (isWanted: (service: string) => boolean): readonly Observed[] => {
      sampler.begin();
      daemon = lookAtDaemon();
      const seen = stack().services.flatMap((spec): Observed[] => {
        // PM2 starts the processes of a cluster itself, past the launcher.
        if (spec.kind === 'cluster') return observeCluster(spec);
        return processKeys(spec).map((key, index) => {
          const live = findLive(key);
          const process = live === undefined ? ABSENT : running(live, daemon?.pid);
          return {
            instance: { spec, key, instance: String(index), process, listed: true, owner: spec.name },
            tree: live?.tree,
          };
        });
      });
      sampler.sweep();
      const absent = seen.filter(({ instance }) => instance.process.kind === 'none');
      if (absent.length === 0) return seen;
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

interface LiveProcess extends Launched {
  readonly tree: TreeSample;
}

function running({ record, startedAtMs, tree }: LiveProcess, daemonPid: number | undefined): ObservedProcess {
  return {
    kind: 'running',
    identity: record.identity,
    startedAtMs,
    parent: tree.root.ppid === daemonPid ? 'pm2' : 'none',
    starts: record.starts,
    memoryBytes: tree.memoryBytes,
    cpuMs: tree.root.cpuMs,
    duplicates: [],
  };
}
