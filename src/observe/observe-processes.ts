import { existsSync } from 'node:fs';
import type { ObservedProcess, ProcessIdentity } from '../core/observed-process.js';
import { processKeys, type ServiceSpec, type Stack } from '../core/stack.js';
import { launchedAtMs } from '../process/gate.js';
import { DAEMON_KEY, gatePath, type HomePaths, lockPath, recordPath, specPath } from '../process/home.js';
import { identify } from '../process/identity.js';
import { type LaunchRecord, readLaunchRecord } from '../process/launch-record.js';
import { type ReadLockHolders, readLockHolders } from '../process/lock-holders.js';
import { type ProcStat, readBootId, readProcStat } from '../process/proc-stat.js';
import { readTreeMemoryBytes } from '../process/tree.js';
import { explainAbsent } from './explain-absent.js';
import { ownerOf, readUnlistedKeys, unlistedSpec } from './unlisted.js';

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
}

/** Those of wanted services, and those whose stop was not finished: a finished one takes the file away. */
export function worthExplaining(paths: HomePaths, isWanted: (service: string) => boolean): ObserveOptions['explain'] {
  return (service, key) => isWanted(service) || existsSync(specPath(paths, key));
}

/** Looks at every process of the stack: lock and PID files, `/proc`, and the exit journal. Asks PM2 nothing and changes nothing. */
export function observeProcesses(stack: Stack, options: ObserveOptions): readonly ObservedInstance[] {
  const daemonPid = readDaemonPid(options.paths);
  const found = stack.services.flatMap((spec) => observeService(spec, daemonPid, options));
  const unclear = found.filter(({ spec, key, process }) => process.kind === 'none' && options.explain(spec.name, key));
  const facts = explainAbsent(unclear, { ...options, daemonPid });
  const explained = found.map((instance) => {
    const { process, key } = instance;
    return process.kind === 'none' ? { ...instance, process: { ...process, ...facts.get(key) } } : instance;
  });
  return [...explained, ...observeUnlisted(stack, daemonPid, options)];
}

/** Only those that live: what is gone from the manifest and from the machine is gone. */
function observeUnlisted(
  stack: Stack,
  daemonPid: number | undefined,
  { paths, nowMs }: ObserveOptions,
): ObservedInstance[] {
  return readUnlistedKeys(stack, paths).flatMap((key) => {
    const record = readLaunchRecord(lockPath(paths, key));
    const stat = record && readLive(record);
    if (stat === undefined) return [];
    const process = running(stat, record, daemonPid, { gate: gatePath(paths, key), nowMs });
    const owner = ownerOf(key, stack, paths);
    return [{ spec: unlistedSpec(key, stack), key, instance: '0', process, listed: false, owner }];
  });
}

/** This stack's PM2 daemon, `undefined` when it does not live. Where its record was damaged, whoever holds its lock is it. */
export function findDaemon(paths: HomePaths): ProcessIdentity | undefined {
  const file = lockPath(paths, DAEMON_KEY);
  const record = readLaunchRecord(file);
  if (record !== undefined) return readLive(record) === undefined ? undefined : record.identity;
  const holders = existsSync(file) ? readLockHolders([file]).get(file) : undefined;
  return holders?.map(identify).find((identity) => identity !== undefined);
}

/** The pid of this stack's PM2 daemon, `undefined` when it does not live. */
export function readDaemonPid(paths: HomePaths): number | undefined {
  return findDaemon(paths)?.pid;
}

function observeService(spec: ServiceSpec, daemonPid: number | undefined, options: ObserveOptions): ObservedInstance[] {
  return processKeys(spec).map((key, index) => {
    const record = readLaunchRecord(recordPath(options.paths, spec.kind, key));
    const stat = record && readLive(record);
    const process =
      stat === undefined
        ? absent(record)
        : running(stat, record, daemonPid, { gate: gatePath(options.paths, key), nowMs: options.nowMs });
    return { spec, key, instance: String(index), process, listed: true, owner: spec.name };
  });
}

/** The process that the launcher recorded, if it is that very process and this very boot. */
function readLive({ identity, bootId }: LaunchRecord): ProcStat | undefined {
  const stat = readProcStat(identity.pid);
  return stat?.startToken === identity.startToken && bootId === readBootId() ? stat : undefined;
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
  daemonPid: number | undefined,
  { gate, nowMs }: { readonly gate: string; readonly nowMs: number },
): ObservedProcess {
  const identity = { pid: stat.pid, startToken: stat.startToken };
  return {
    kind: 'running',
    identity,
    startedAtMs: launchedAtMs(gate, identity, nowMs),
    parent: stat.ppid === daemonPid ? 'pm2' : 'none',
    starts: record?.starts ?? 1,
    memoryBytes: readTreeMemoryBytes(stat.pid, stat.threads),
    cpuMs: stat.cpuMs,
    duplicates: [],
  };
}
