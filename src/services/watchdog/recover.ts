import { existsSync } from 'node:fs';
import { planRecovery, type Recovery, type RecoveryCandidate } from '../../core/recovery-plan.js';
import { findDaemon } from '../../observe/observe-processes.js';
import { announceExitOf } from '../../operate/announce.js';
import { ensureDaemon } from '../../operate/daemon.js';
import { isDaemonAnswering } from '../../operate/daemon-watch.js';
import { launchWatchdog } from '../../operate/watchdog.js';
import { recordPath, WATCHDOG_KEY } from '../../process/home.js';
import { readLaunchRecord } from '../../process/launch-record.js';
import { readBootId } from '../../process/proc-stat.js';
import type { WatchContext } from './context.js';
import { type Duty, pause } from './duty.js';
import { operateContext, takeBack, withStackLock } from './take-back.js';
import type { Watch, Watched } from './watch.js';

const TICK_MS = 500;
/** Absent for a moment is what every restart looks like. */
const LOST_AFTER_MS = 2_000;
/** What does not start, or what PM2 keeps to itself, is looked at again after this long. */
const RETRY_MS = 30_000;
/** The same where a fault came between, such as a PM2 that died again. */
const FAULT_RETRY_MS = 2_000;
/** A service that goes last is waited for so long while it is in the middle of its work. */
const SCAN_WAIT_MS = 60_000;
const SCAN_POLL_MS = 100;

/** Starts a new PM2 daemon within two seconds of the death of the old one, while a service is wanted. */
export function keepDaemon(context: WatchContext, watch: Pick<Watch, 'latest' | 'daemon'>): Duty {
  return {
    name: 'keep PM2 alive',
    everyMs: TICK_MS,
    run: () => {
      if (watch.daemon() !== undefined || !watch.latest().some(({ wanted }) => wanted)) return;
      if (findDaemon(context.paths) !== undefined) return;
      // A state folder that was moved or removed is not made anew.
      if (!existsSync(context.paths.statusDb)) return;
      return startDaemon(context);
    },
  };
}

async function startDaemon(context: WatchContext): Promise<void> {
  context.log.warn("PM2's daemon is gone: a new one is started");
  // The kernel lock of the daemon decides between us and a command that does the same.
  const client = await ensureDaemon(operateContext(context, 'watchdog: start PM2'));
  client.close();
  context.log.info("PM2's daemon runs", { pid: findDaemon(context.paths)?.pid });
}

/** Brings itself back under PM2, by a successor, and then orphans and lost services, one at a time. */
export function recover(context: WatchContext, watch: Pick<Watch, 'look' | 'latest' | 'daemon'>): Duty {
  const { log, monotonicMs, signal } = context;
  const retryAtMs = new Map<string, number>();
  const absence = createAbsence(context);
  let settled: readonly Watched[] | undefined;

  const plan = (seen: readonly Watched[]) => planRecovery(seen.map((one) => absence.candidate(one)));
  const bringBack = async (recovery: Recovery): Promise<void> => {
    const { service, what } = recovery;
    if (recovery.last) await outOfScan(context, watch, service);
    log.warn('takes back under PM2', { service, what });
    try {
      const isStill = () => plan(watch.look()).some((one) => one.service === service && one.what === what);
      const result = await takeBack(context, recovery, isStill);
      log.info('taken back', { service, result });
      if (result === 'failed' || result === 'known') retryAtMs.set(service, monotonicMs() + RETRY_MS);
    } catch (error) {
      retryAtMs.set(service, monotonicMs() + FAULT_RETRY_MS);
      if (!signal.aborted) log.trouble(`cannot take ${service} back`, error);
    } finally {
      context.releaseMemory();
    }
  };

  const bringAllBack = async (due: readonly Recovery[]): Promise<void> => {
    for (const recovery of due) {
      // Waiting for a daemon that is silent would keep every command from the stack's lock.
      if (signal.aborted || findDaemon(context.paths) === undefined || !(await isDaemonAnswering(context))) return;
      await bringBack(recovery);
    }
  };

  return {
    name: 'recover',
    everyMs: TICK_MS,
    run: () => {
      const seen = watch.latest();
      // Of what was looked at once, nothing comes due later: while anything is amiss there is a new look each time.
      if (seen === settled) return;
      settled = seen;
      absence.look(seen);
      const daemon = watch.daemon();
      // Without a daemon there is nobody to give them to.
      if (daemon === undefined) return;
      // It first: until then nobody would start it again, and what it did not get to would stay behind.
      if (process.ppid !== daemon.pid && existsSync(context.watchdog)) return succeed(context);
      const due = seen.every(isKept)
        ? []
        : plan(seen).filter(({ service }) => (retryAtMs.get(service) ?? 0) <= monotonicMs());
      if (due.length > 0) return bringAllBack(due);
    },
  };
}

/** There is nothing to bring back: it is not wanted, or runs under PM2. */
function isKept({ instance: { process }, wanted }: Watched): boolean {
  return !wanted || (process.kind === 'running' && process.parent === 'pm2');
}

/** How long each process has been absent. */
function createAbsence({ paths, monotonicMs }: WatchContext) {
  const sinceMs = new Map<string, number>();
  const bootId = readBootId();
  return {
    look: (seen: readonly Watched[]): void => {
      for (const { instance } of seen) {
        if (instance.process.kind === 'running') sinceMs.delete(instance.key);
        else if (!sinceMs.has(instance.key)) sinceMs.set(instance.key, monotonicMs());
      }
    },
    candidate: ({ instance, wanted }: Watched): RecoveryCandidate => {
      const { spec, key, process } = instance;
      const isLong = monotonicMs() - (sinceMs.get(key) ?? monotonicMs()) >= LOST_AFTER_MS;
      const ranThisBoot =
        process.kind === 'none' && isLong && readLaunchRecord(recordPath(paths, spec.kind, key))?.bootId === bootId;
      return { spec, wanted, process, ranThisBoot };
    },
  };
}

/** Waits while a service is in the middle of its work, and no longer than it may take. */
async function outOfScan(
  { monotonicMs, signal }: WatchContext,
  watch: Pick<Watch, 'latest'>,
  service: string,
): Promise<void> {
  const isScanning = () =>
    watch.latest().some(({ instance, row }) => instance.spec.name === service && row?.state === 'scanning');
  const startedAtMs = monotonicMs();
  while (isScanning() && monotonicMs() - startedAtMs < SCAN_WAIT_MS && !signal.aborted)
    await pause(SCAN_POLL_MS, signal);
}

function isOrphanItself({ paths }: WatchContext): boolean {
  const daemon = findDaemon(paths);
  return daemon !== undefined && process.ppid !== daemon.pid;
}

/** Starts its own successor under the daemon of now, which waits for this one's lock, and ends. */
async function succeed(context: WatchContext): Promise<void> {
  if (!(await isDaemonAnswering(context))) return;
  await withStackLock(context, 'watchdog: take itself back', async () => {
    if (context.signal.aborted || !isOrphanItself(context)) return;
    const operate = operateContext(context, 'watchdog: take itself back');
    const client = await ensureDaemon(operate);
    try {
      announceExitOf(operate, WATCHDOG_KEY);
      await launchWatchdog(operate, client);
    } finally {
      client.close();
    }
    context.end('its successor runs under the new PM2 daemon');
  });
}
