import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { ObservedProcess } from '../core/observed-process.js';
import { findNamed, processKeys, type ServiceSpec, type Stack } from '../core/stack.js';
import { launchedAtMs } from '../process/gate.js';
import { DAEMON_KEY, gatePath, type HomePaths, lockPath, recordPath, specPath } from '../process/home.js';
import { type LaunchRecord, readLaunchRecord } from '../process/launch-record.js';
import { readLive } from '../process/live-record.js';
import { type ReadLockHolders, readLockHolders } from '../process/lock-holders.js';
import { bootedAtMs, type ProcStat, readProcStat, ticksToMs } from '../process/proc-stat.js';
import { treeMemoryBytes } from '../process/tree.js';
import { explainAbsent } from './explain-absent.js';
import { ownerOf, readRunFiles, unlistedKeys, unlistedSpec } from './unlisted.js';

/** One process of a service, as the manifest names it and as the kernel shows it. */
export interface ObservedInstance {
  readonly spec: ServiceSpec;
  readonly key: string;
  readonly instance: string;
  readonly process: ObservedProcess;
  /** False: it lives, and the manifest no longer names it. */
  readonly listed: boolean;
  /** The listed service that it is, or was, a process of. */
  readonly owner: string | undefined;
}

export interface ObserveOptions {
  readonly paths: HomePaths;
  readonly nowMs: number;
  /** Whether an absent process is looked into: its last exit, and children that outlived it. */
  readonly explain: (service: string, key: string) => boolean;
  /** Finds those children; for who asks again and again. */
  readonly readHolders?: ReadLockHolders | undefined;
  /** This service of the manifest, or the one that has a process of this name, and no other; all when left out. */
  readonly only?: string | undefined;
}

interface Surroundings {
  readonly paths: HomePaths;
  /** When the machine was started, by the clock of now. */
  readonly bootedMs: number;
  /** Names in the run folder: looking for a file that is not there costs as much as reading one, and there are hundreds of services. */
  readonly runFiles: ReadonlySet<string>;
}

/** Those of wanted services, and those whose stop was not finished: a finished one takes the file away. */
export function worthExplaining(paths: HomePaths, isWanted: (service: string) => boolean): ObserveOptions['explain'] {
  return (service, key) => isWanted(service) || existsSync(specPath(paths, key));
}

/** Looks at every process of the stack: lock and PID files, `/proc`, and the exit journal. Asks PM2 nothing and changes nothing. */
export function observeProcesses(stack: Stack, options: ObserveOptions): readonly ObservedInstance[] {
  const daemonPid = readDaemonPid(options.paths);
  const { paths, nowMs, only } = options;
  const around: Surroundings = { paths, bootedMs: bootedAtMs(nowMs), runFiles: new Set(readRunFiles(paths)) };
  const services = only === undefined ? stack.services : [findNamed(stack, only) ?? []].flat();
  const found = services.flatMap((spec) => observeService(spec, daemonPid, around));
  const unclear = found.filter(({ spec, key, process }) => process.kind === 'none' && options.explain(spec.name, key));
  const facts = explainAbsent(unclear, { ...options, daemonPid });
  const explained = found.map((instance) => {
    const { process, key } = instance;
    return process.kind === 'none' ? { ...instance, process: { ...process, ...facts.get(key) } } : instance;
  });
  return only === undefined ? [...explained, ...observeUnlisted(stack, daemonPid, around)] : explained;
}

/** Only those that live: what is gone from the manifest and from the machine is gone. */
function observeUnlisted(stack: Stack, daemonPid: number | undefined, around: Surroundings): ObservedInstance[] {
  return unlistedKeys(stack, around.runFiles).flatMap((key) => {
    const record = readLaunchRecord(lockPath(around.paths, key));
    const stat = record && readLive(record);
    if (stat === undefined) return [];
    const process = running(stat, record, { daemonPid, startedAtMs: sinceWhen(key, stat, around) });
    const owner = ownerOf(key, stack, around.paths);
    return [{ spec: unlistedSpec(key, stack), key, instance: '0', process, listed: false, owner }];
  });
}

/** This stack's PM2 daemon, `undefined` when it does not live. Where its record was damaged, whoever holds its lock is it. */
export function findDaemon(paths: HomePaths): ProcStat | undefined {
  const file = lockPath(paths, DAEMON_KEY);
  const record = readLaunchRecord(file);
  if (record !== undefined) return readLive(record);
  const holders = existsSync(file) ? readLockHolders([file]).get(file) : undefined;
  return holders?.map(readProcStat).find((stat) => stat !== undefined);
}

/** The pid of this stack's PM2 daemon, `undefined` when it does not live. */
export function readDaemonPid(paths: HomePaths): number | undefined {
  return findDaemon(paths)?.pid;
}

function observeService(spec: ServiceSpec, daemonPid: number | undefined, around: Surroundings): ObservedInstance[] {
  return processKeys(spec).map((key, index) => {
    const file = recordPath(around.paths, spec.kind, key);
    const record = around.runFiles.has(basename(file)) ? readLaunchRecord(file) : undefined;
    const stat = record && readLive(record);
    const process =
      stat === undefined
        ? absent(record)
        : running(stat, record, { daemonPid, startedAtMs: sinceWhen(key, stat, around) });
    return { spec, key, instance: String(index), process, listed: true, owner: spec.name };
  });
}

function absent(record: LaunchRecord | undefined): ObservedProcess {
  return {
    kind: 'none',
    lastExit: null,
    starts: record?.starts ?? 0,
    breakerOpen: false,
    holdback: null,
    leftovers: [],
  };
}

function running(
  stat: ProcStat,
  record: LaunchRecord | undefined,
  { daemonPid, startedAtMs }: { readonly daemonPid: number | undefined; readonly startedAtMs: number },
): ObservedProcess {
  return {
    kind: 'running',
    identity: { pid: stat.pid, startToken: stat.startToken },
    startedAtMs,
    parent: stat.ppid === daemonPid ? 'pm2' : 'none',
    starts: record?.starts ?? 1,
    memoryBytes: treeMemoryBytes(stat),
    cpuMs: stat.cpuMs,
    duplicates: [],
  };
}

/** The launcher leaves a gate where it has held the service back. */
function sinceWhen(key: string, stat: ProcStat, { paths, bootedMs, runFiles }: Surroundings): number {
  return runFiles.has(`${key}.gate`)
    ? launchedAtMs(gatePath(paths, key), stat, bootedMs)
    : Math.round(bootedMs + ticksToMs(stat.startToken));
}
