import type { Holdback, ObservedProcess, ProcessExit } from '../core/observed-process.js';
import type { ServiceSpec } from '../core/stack.js';
import { readLoggedExits } from '../pm2/daemon-log.js';
import { type ExitRecord, readExits } from '../process/exit-journal.js';
import { type Gate, readGate } from '../process/gate.js';
import { gatePath, type HomePaths, launchPath, lockPath, recordPath } from '../process/home.js';
import { isAlive } from '../process/identity.js';
import { type LaunchRecord, readLaunchRecord } from '../process/launch-record.js';
import { isRefusal } from '../process/launcher-exit.js';
import { type ReadLockHolders, readLockHolders } from '../process/lock-holders.js';
import { readCommandLine, readProcStat, readUptimeMs } from '../process/proc-stat.js';

/** A process of a service that does not live. */
export interface AbsentProcess {
  readonly spec: ServiceSpec;
  readonly key: string;
}

type Facts = Pick<Extract<ObservedProcess, { kind: 'none' }>, 'lastExit' | 'breakerOpen' | 'holdback' | 'leftovers'>;

export interface ExplainContext {
  readonly paths: HomePaths;
  readonly daemonPid: number | undefined;
  /** For who asks again and again. */
  readonly readHolders?: ReadLockHolders | undefined;
}

/** What is known of processes that do not live, by key: how they ended, whether they come back, and what is left of them. */
export function explainAbsent(
  absent: readonly AbsentProcess[],
  { paths, daemonPid, readHolders = readLockHolders }: ExplainContext,
): ReadonlyMap<string, Facts> {
  if (absent.length === 0) return new Map();
  const { exits } = readExits(paths);
  const holders = readHolders(absent.map(({ key }) => lockPath(paths, key)));
  const ofCluster = absent.some(({ spec }) => spec.kind === 'cluster') ? readLoggedExits(paths.pm2) : new Map();
  return new Map(
    absent.map(({ spec, key }) => {
      const record = readLaunchRecord(recordPath(paths, spec.kind, key));
      if (spec.kind === 'cluster') {
        const lastExit = plainExit(ownExit(exits, key, record));
        return [key, { ...NO_LAUNCHER, lastExit, breakerOpen: ofCluster.get(spec.name)?.gaveUp ?? false }];
      }
      const gate = ownGate(readGate(gatePath(paths, key)), record);
      const facts: Facts = {
        lastExit: plainExit(ownExit(exits, key, record)),
        breakerOpen: gate?.state === 'open',
        holdback: gate === undefined ? null : holdbackOf(gate),
        leftovers: (holders.get(lockPath(paths, key)) ?? []).filter(
          (pid) => !isNextLauncher(pid, launchPath(paths, key), daemonPid),
        ),
      };
      return [key, facts];
    }),
  );
}

/** The processes of a cluster have no gate and no lock. That PM2 gave them up stands in its log. */
const NO_LAUNCHER: Facts = { lastExit: null, breakerOpen: false, holdback: null, leftovers: [] };

/** A gate of an earlier start holds nothing back. */
function ownGate(gate: Gate | undefined, record: LaunchRecord | undefined): Gate | undefined {
  return gate?.startId === record?.startId ? gate : undefined;
}

function holdbackOf({ state, launcher, exits, breaker, atUptimeMs }: Gate): Holdback | null {
  if (state === 'open') return { exits, breaker, restartsInMs: null };
  // A launcher that was killed while it waited starts nothing.
  if (state !== 'wait' || !isAlive(launcher)) return null;
  return { exits, breaker, restartsInMs: Math.max(0, atUptimeMs - readUptimeMs()) };
}

/** The end of the last process on record; if nobody saw that, the launcher's last refusal. Never the end of a process before it. */
function ownExit(exits: readonly ExitRecord[], key: string, record: LaunchRecord | undefined): ExitRecord | undefined {
  const own = exits.filter((exit) => exit.key === key);
  return own.findLast((exit) => exit.pid === record?.identity.pid) ?? own.findLast(isRefusal);
}

function plainExit(exit: ProcessExit | undefined): ProcessExit | null {
  return exit === undefined ? null : { atMs: exit.atMs, code: exit.code, signal: exit.signal };
}

/** The launcher that PM2 started in its place, which is about to become the service, is nothing left over. */
export function isNextLauncher(pid: number, launchFile: string, daemonPid: number | undefined): boolean {
  return readProcStat(pid)?.ppid === daemonPid && readCommandLine(pid).includes(launchFile);
}
