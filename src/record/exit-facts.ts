import type { ExitFacts, Pm2Order } from '../core/exit-cause.js';
import { heapLimitOf } from '../core/heap-limit.js';
import { nodeFlags } from '../core/node-flags.js';
import type { ServiceSpec } from '../core/stack.js';
import { readDaemonLogTail } from '../pm2/daemon-log.js';
import { findMemoryOrder } from '../pm2/memory-order.js';
import { readCgroup, readKernelLimit, readOomKills } from '../process/cgroup.js';
import type { ExitRecord } from '../process/exit-journal.js';
import { DAEMON_KEY, type HomePaths, logPath } from '../process/home.js';
import { readPortHolder } from '../process/ports.js';
import { latestLogBytes, latestOomCounts } from '../store/history.js';
import { type ProcessIntent, readIntent } from '../store/intents.js';
import type { StatusDb } from '../store/open.js';
import type { RecordedProcess } from '../store/processes.js';
import { readStatus } from '../store/service-status.js';
import { readLogTail } from './log-tail.js';

export interface EndedProcess {
  readonly process: RecordedProcess;
  readonly spec: ServiceSpec | undefined;
  readonly exit: ExitRecord | undefined;
  /** Size of its log when the process before it ended, where that is known from the same look. */
  readonly logFromByte: number | undefined;
}

export interface FactSources {
  readonly db: StatusDb;
  readonly paths: HomePaths;
  /** Of now. */
  readonly bootId: string;
}

/** Where nothing is said: PM2's own default of `kill_timeout`. */
const KILL_TIMEOUT_MS = 1_600;

/** Gathers what is known of an ended process: intents, its row in the status table, its log, and PM2's where PM2 ended it. */
export function gatherFacts({ process, spec, exit, logFromByte }: EndedProcess, sources: FactSources): ExitFacts {
  const { db, paths, bootId } = sources;
  const announced = readIntent(db, process.key, { kind: 'exit', process: process.identity });
  const own = ownRow(db, process);
  const order = exit?.byPm2 === true && announced === undefined ? findOrder(process.key, exit, paths) : undefined;
  return {
    parent: process.key === DAEMON_KEY ? 'none' : 'pm2',
    exit,
    announced,
    pm2Order: order,
    kernelKill: exit?.signal === 'SIGKILL' ? findKernelKill(process, sources) : null,
    memoryLimitBytes: spec?.memoryLimitBytes,
    lines: readLogTail(logPath(paths, process.key), {
      fromByte: logFromByte ?? firstByte(db, process),
      toByte: exit?.logBytes,
    }),
    rebooted: process.bootId !== bootId,
    ownReason: own?.reason ?? null,
    successCodes: spec?.restart.successCodes ?? [0],
    oneshot: spec?.oneshot ?? false,
    hasCron: spec?.cronRestart !== undefined,
    killTimeoutMs: spec?.killTimeoutMs ?? KILL_TIMEOUT_MS,
    memoryBytes: largest([
      process.memoryBytes,
      announced?.detail?.['memoryBytes'],
      own?.rssBytes,
      order?.kind === 'memory' ? order.memoryBytes : undefined,
    ]),
    heapLimitBytes: spec === undefined ? undefined : heapLimitBytes(spec),
    port: spec?.port,
    describeHolder: (port) => describeHolder(port, process.identity.pid),
  };
}

/** V8's own limit, the manifest's or the one that sigctl made of the service's. */
function heapLimitBytes(spec: ServiceSpec): number | undefined {
  const nodeOptions = spec.env['NODE_OPTIONS'] ?? '';
  const added = nodeFlags({ spec, nodeOptions, execPath: process.execPath, reportFolder: '', inspectPort: 0 });
  return heapLimitOf([nodeOptions, ...spec.interpreterArgs, ...added]);
}

/** What the kernel did, where its count has risen since the exit before. A cgroup that was made anew begins with 0. */
function findKernelKill(
  { key, service, instance, bootId }: RecordedProcess,
  { db, paths }: FactSources,
): ExitFacts['kernelKill'] {
  const folder = readCgroup(paths, key);
  const found = folder === undefined ? undefined : readOomKills(folder);
  if (folder === undefined || found === undefined || found.kills === 0) return null;
  const cgroup = `${bootId} ${found.inode}`;
  const before = latestOomCounts(db, { service, instance, cgroup });
  if (found.kills === before.kills) return null;
  const wanting = found.hits > before.hits ? 'limit' : 'machine';
  return { kills: found.kills, hits: found.hits, wanting, cgroup, limitBytes: readKernelLimit(folder) ?? null };
}

/** Where its own lines begin: where those of the process before it end, or where the log was when it was launched. */
function firstByte(db: StatusDb, { service, instance, key, startId }: RecordedProcess): number {
  const launch = startIntent(db, key, startId)?.detail?.['logBytes'];
  return Math.max(latestLogBytes(db, service, instance) ?? 0, typeof launch === 'number' ? launch : 0);
}

export function startIntent(db: StatusDb, key: string, startId: string): ProcessIntent | undefined {
  return readIntent(db, key, { kind: 'start', startId });
}

/** What the process wrote of its own end. A row of another process, or one that is no row, says nothing. */
function ownRow(
  db: StatusDb,
  { service, instance, identity }: RecordedProcess,
): { readonly reason: string | null; readonly rssBytes: number | null } | undefined {
  try {
    const row = readStatus(db, service, instance);
    if (row?.pid !== identity.pid || (row.startToken ?? identity.startToken) !== identity.startToken) return undefined;
    return { reason: row.state === 'error' || row.state === 'stopped' ? row.reason : null, rssBytes: row.rssBytes };
  } catch {
    // Any program may write the table: an impossible row is told by `status`, and the exit goes on record without it.
    return undefined;
  }
}

function largest(values: readonly unknown[]): number | null {
  const bytes = values.filter((value) => typeof value === 'number');
  return bytes.length === 0 ? null : Math.max(...bytes);
}

function findOrder(key: string, { atMs, daemonSignal }: ExitRecord, paths: HomePaths): Pm2Order {
  if (daemonSignal !== undefined) return { kind: 'end', signal: daemonSignal };
  const order = findMemoryOrder(readDaemonLogTail(paths.pm2), key, atMs);
  return order === undefined ? { kind: 'stop' } : { kind: 'memory', ...order };
}

function describeHolder(port: number, ownPid: number): string | undefined {
  const holder = readPortHolder(port);
  if (holder === undefined || holder.pid === ownPid) return undefined;
  return holder.pid === undefined ? holder.command : `pid ${holder.pid} (${holder.command})`;
}
