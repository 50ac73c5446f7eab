import type { ServiceSpec } from '../../core/stack.js';
import { isNextLauncher } from '../../observe/explain-absent.js';
import { launchPath, lockPath } from '../../process/home.js';
import { identify, isAlive } from '../../process/identity.js';
import { readLaunchRecord } from '../../process/launch-record.js';
import { createLockHolderReader, type ReadLockHolders, readLockHolders } from '../../process/lock-holders.js';
import { endProcesses } from '../../process/signals.js';
import { recordEvent } from '../../store/events.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';
import { withStackLock } from './take-back.js';
import type { Watch } from './watch.js';

/** Children of a service that ends take their time too. */
const GRACE_MS = 3_000;
const TICK_MS = 1_500;

type Absent = Readonly<{ spec: ServiceSpec; key: string; instance: string }>;

/**
 * Ends what outlived its service and still holds its lock: until then the kernel refuses every new copy, and a stop that was killed
 * half way is not over.
 */
export function clearLeftovers(context: WatchContext, watch: Pick<Watch, 'latest' | 'daemon'>): Duty {
  const sinceMs = new Map<string, number>();
  const readHolders = createLockHolderReader(context.monotonicMs);
  return {
    name: 'clear leftovers',
    everyMs: TICK_MS,
    run: () => {
      const absent = watch
        .latest()
        .map(({ instance }) => instance)
        .filter(({ process, spec }) => process.kind === 'none' && spec.kind === 'launcher');
      const daemonPid = watch.daemon()?.pid;
      const leftovers = readLeftovers(context, { absent, daemonPid, readHolders });
      for (const key of sinceMs.keys()) if (!leftovers.has(key)) sinceMs.delete(key);
      for (const key of leftovers.keys()) if (!sinceMs.has(key)) sinceMs.set(key, context.monotonicMs());
      const due = absent.filter(({ key }) => context.monotonicMs() - (sinceMs.get(key) ?? Number.NaN) >= GRACE_MS);
      return due.length === 0 ? undefined : clearAll(context, due, daemonPid);
    },
  };
}

async function clearAll(context: WatchContext, due: readonly Absent[], daemonPid: number | undefined): Promise<void> {
  for (const one of due) await clear(context, one, daemonPid);
}

interface LeftoverQuery {
  readonly absent: readonly Absent[];
  readonly daemonPid: number | undefined;
  readonly readHolders: ReadLockHolders;
}

function readLeftovers(
  { paths }: Pick<WatchContext, 'paths'>,
  { absent, daemonPid, readHolders }: LeftoverQuery,
): ReadonlyMap<string, readonly number[]> {
  const holders = readHolders(absent.map(({ key }) => lockPath(paths, key)));
  return new Map(
    absent.flatMap(({ key }) => {
      const held = holders.get(lockPath(paths, key)) ?? [];
      const pids = held.filter((pid) => pid !== process.pid && !isNextLauncher(pid, launchPath(paths, key), daemonPid));
      return pids.length === 0 ? [] : [[key, pids] as const];
    }),
  );
}

/** Looks again once it has the stack's lock: a command may have started the service, or ended them, meanwhile. */
async function clear(context: WatchContext, one: Absent, daemonPid: number | undefined): Promise<void> {
  const { db, paths, log, nowMs, version } = context;
  const { spec, key, instance } = one;
  await withStackLock(context, `watchdog: end what is left of ${key}`, async () => {
    const record = readLaunchRecord(lockPath(paths, key));
    if (record !== undefined && isAlive(record.identity)) return;
    const pids = readLeftovers(context, { absent: [one], daemonPid, readHolders: readLockHolders }).get(key) ?? [];
    const members = pids.map(identify).filter((member) => member !== undefined);
    if (members.length === 0) return;
    const list = members.map(({ pid }) => pid).join(', ');
    log.warn('ends what outlived its service', { service: key, pids: list });
    const how = await endProcesses(members, spec.killTimeoutMs);
    recordEvent(db, {
      atMs: nowMs(),
      service: spec.name,
      instance,
      kind: 'leftovers-ended',
      actor: 'watchdog',
      version,
      detail: { key, reason: `pid ${list} outlived the service and held its lock (${how})` },
    });
  });
}
