import { isNextLauncher } from '../../observe/explain-absent.js';
import type { ObservedInstance } from '../../observe/observe-processes.js';
import { DAEMON_KEY, launchPath, lockPath } from '../../process/home.js';
import { isAlive } from '../../process/identity.js';
import { readLaunchRecord } from '../../process/launch-record.js';
import { readLockHolders } from '../../process/lock-holders.js';
import { readBootId, readCommandLine } from '../../process/proc-stat.js';
import { readTree } from '../../process/tree.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { listFolder } from '../list-folder.js';
import { type CheckFinding, notChecked, orOk, warning } from '../report.js';
import { count, describeProcess } from '../words.js';
import { type Holder, judgeProcess, lockDeleted } from './judge-process.js';

/** What sigctl itself keeps behind the launcher. No service may have these names. */
const OWN_KEYS = [DAEMON_KEY, 'watchdog'];

/** The kernel's mark on the name of a file that is open and was deleted. */
const DELETED = ' (deleted)';

/** Orphans, duplicates, and whatever outlived its service: every process that holds a lock file of this stack. */
export function checkProcesses({ stack, facts, paths }: CheckDeps): readonly CheckFinding[] {
  const listed = facts.instances().filter((instance) => instance.listed);
  const strays = findStrays(new Set(listed.map(({ key }) => key)), paths, stack !== undefined);
  if (stack === undefined && strays.length === 0) return [notChecked(NO_STACK)];
  const instances = listed.filter(({ spec }) => spec.kind === 'launcher');
  const locks = instances.map(({ key }) => lockPath(paths, key));
  const holders = readLockHolders([...locks, ...locks.map((lock) => `${lock}${DELETED}`)]);
  const found = instances.flatMap((instance) => {
    const lock = lockPath(paths, instance.key);
    const deleted = (holders.get(`${lock}${DELETED}`) ?? []).map(describeHolder);
    return [
      ...judgeProcess(toSituation(instance, withoutLauncher(instance, holders.get(lock) ?? []), facts.wanted())),
      ...(deleted.length === 0 ? [] : [lockDeleted(instance.key, deleted)]),
    ];
  });
  const running = facts.instances().filter(({ process }) => process.kind === 'running').length;
  return orOk([...found, ...strays], `${count(running, 'process', 'processes')}, each once and under PM2`);

  /** Of a service that waits for its restart, the launcher holds the lock, as it should. */
  function withoutLauncher({ key, process }: ObservedInstance, pids: readonly number[]): readonly number[] {
    if (process.kind !== 'none') return pids;
    return pids.filter((pid) => !isNextLauncher(pid, launchPath(paths, key), facts.daemonPid()));
  }
}

function toSituation(
  { spec, key, process }: ObservedInstance,
  holders: readonly number[],
  wanted: ReadonlySet<string>,
) {
  const pid = process.kind === 'running' ? process.identity.pid : undefined;
  const tree = pid === undefined ? [] : readTree(pid);
  return {
    service: spec.name,
    key,
    wanted: wanted.has(spec.name),
    main: pid === undefined ? undefined : describeHolder(pid),
    isOrphan: process.kind === 'running' && process.parent === 'none',
    others: holders.filter((holder) => !tree.includes(holder)).map(describeHolder),
  };
}

function describeHolder(pid: number): Holder {
  return { pid, command: readCommandLine(pid) };
}

/** Services that live and are in the manifest no more. */
function findStrays(known: ReadonlySet<string>, paths: CheckDeps['paths'], canStop: boolean): readonly CheckFinding[] {
  const keys = listFolder(paths.run)
    .filter((file) => file.endsWith('.lock'))
    .map((file) => file.slice(0, -'.lock'.length));
  return keys
    .filter((key) => !OWN_KEYS.includes(key) && !known.has(key))
    .flatMap((key) => {
      const record = readLaunchRecord(lockPath(paths, key));
      if (record === undefined || record.bootId !== readBootId() || !isAlive(record.identity)) return [];
      const { pid } = record.identity;
      return [
        warning({
          code: 'NOT_IN_MANIFEST',
          subject: key,
          evidence: `runs as ${describeProcess(pid, readCommandLine(pid))}, and the manifest does not name it`,
          mend: canStop
            ? `sigctl stop ${key}, or put it back into the manifest`
            : 'put the manifest back, then sigctl stop',
        }),
      ];
    });
}
