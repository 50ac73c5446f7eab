import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { planRecover, type Recovered, toTakeBack } from '../core/recover-plan.js';
import { EXIT, SigctlError } from '../errors.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import type { Pm2Client } from '../pm2/client.js';
import { readStatuses } from '../store/service-status.js';
import { keepRecord } from './announce.js';
import type { OperateContext } from './context.js';
import { ensureDaemon } from './daemon.js';
import { lookAtSupervision } from './look-at-supervision.js';
import { replaceSilentDaemon } from './replace-silent.js';
import { openSession } from './session.js';
import { launchWatchdog } from './watchdog.js';

/** The launcher waits for the kernel's lock, and node boots: seconds on a slow machine. */
const WATCHDOG_WITHIN_MS = 30_000;
const POLL_MS = 50;
/** A service that goes last is waited for so long while it is in the middle of its work. */
const SCAN_WAIT_MS = 60_000;

/**
 * Brings back what keeps the services alive: PM2's daemon and the watchdog, which takes the services back by itself. Starts nothing that
 * is not wanted, and does nothing where all is well. The caller holds the stack's lock.
 *
 * @throws {SigctlError} `PM2_UNREACHABLE` (exit 4), `WATCHDOG_NOT_STARTED` (exit 1).
 */
export async function recoverStack(context: OperateContext): Promise<Recovered> {
  // Again, now that nobody changes anything: whoever held the lock may have done it all.
  const before = await lookAtSupervision(context);
  const steps = planRecover(before);
  if (steps.length === 0) return { did: [], seen: before, failed: [] };
  const hasCome = steps.includes('replace-daemon') && (await replaceSilentDaemon(context)) === 'answers';
  const isDaemonNew = steps.includes('start-daemon') && !hasCome;
  const client = await ensureDaemon(context);
  let failed: readonly string[] = [];
  try {
    if (steps.includes('start-watchdog')) await bringWatchdog(context, client);
    // Looked at anew: children of a daemon that was silent are orphans by now.
    if (steps.includes('take-back'))
      failed = await takeBack(context, toTakeBack(await lookAtSupervision(context), isDaemonNew));
  } finally {
    client.close();
    keepRecord(context);
  }
  const did = hasCome ? steps.filter((step) => step !== 'replace-daemon' && step !== 'start-daemon') : steps;
  return { did, seen: await lookAtSupervision(context), failed };
}

async function bringWatchdog(context: OperateContext, client: Pm2Client): Promise<void> {
  if (!existsSync(context.watchdog)) throw watchdogNotStarted(`"${context.watchdog}" is missing`);
  // PM2 may have started it while the daemon was waited for.
  if (findWatchdog(context.paths) !== undefined) return;
  await launchWatchdog(context, client);
  const startedAtMs = context.monotonicMs();
  while (findWatchdog(context.paths) === undefined) {
    if (context.signal.aborted || context.monotonicMs() - startedAtMs > WATCHDOG_WITHIN_MS)
      throw watchdogNotStarted('no process of it was seen');
    await sleep(POLL_MS);
  }
}

/** One at a time, as the watchdog does it. */
async function takeBack(context: OperateContext, services: readonly string[]): Promise<readonly string[]> {
  const failed: string[] = [];
  const session = openSession({ ...context, cause: 'taken-back' });
  for (const service of services) {
    if (context.signal.aborted) return [...failed, service];
    await outOfScan(context, service);
    const { started } = await session.applyRestart([service], { watchdog: false, again: [] });
    if (started.some(({ kind }) => kind === 'failed' || kind === 'skipped')) failed.push(service);
  }
  return failed;
}

/** Waits while a service that goes last is in the middle of its work, and no longer than it may take. */
async function outOfScan({ stack, db, monotonicMs, signal }: OperateContext, service: string): Promise<void> {
  if (stack.services.find(({ name }) => name === service)?.takeBackLast !== true) return;
  const isScanning = () => readStatuses(db).some((row) => row.service === service && row.state === 'scanning');
  const startedAtMs = monotonicMs();
  while (isScanning() && monotonicMs() - startedAtMs < SCAN_WAIT_MS && !signal.aborted) await sleep(POLL_MS);
}

function watchdogNotStarted(why: string): SigctlError {
  return new SigctlError(`Cannot start the watchdog: ${why}`, {
    code: 'WATCHDOG_NOT_STARTED',
    hint: 'sigctl logs watchdog says what it wrote last; sigctl doctor looks at the machine',
    exitCode: EXIT.failed,
  });
}
