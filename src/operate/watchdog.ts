import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { Stack } from '../core/stack.js';
import { SigctlError } from '../errors.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { launcherRecord } from '../pm2/app-record.js';
import type { Pm2Client } from '../pm2/client.js';
import { gatePath, type HomePaths, launchPath, lockPath, logPath, pidPath, WATCHDOG_KEY } from '../process/home.js';
import { writeLaunchFile } from '../process/launch-file.js';
import { NOT_RESTARTED } from '../process/launcher-exit.js';
import { makeLogFile } from '../process/log-file.js';
import { endTree } from '../process/signals.js';
import { announceExitOf } from './announce.js';
import type { OperateContext } from './context.js';
import { connectAnswering, findFlock } from './daemon.js';
import { removeApp } from './remove-apps.js';
import { stackEnv } from './service-env.js';

/** SIGINT makes it write down what it knows; SIGKILL after this long. */
const KILL_TIMEOUT_MS = 5_000;
/** A watchdog that PM2 lost starts its successor, which waits until the old one has written down what it knows. */
const LOCK_WAIT_S = 30;
/** PM2's net below a watchdog that leaks: its own aim is 60 MB. */
const MEMORY_LIMIT_BYTES = 80 * 1024 ** 2;
/** It may crash as often as it likes: nothing that runs depends on it, and without it nobody looks. */
const RESTARTS = {
  backoffMinMs: 100,
  backoffMaxMs: 10_000,
  breaker: { exits: 1_000, withinMs: 60_000 },
  neverCodes: [],
};

/**
 * A small heap, for a process that keeps almost nothing: V8 would rather grow than collect. One thread for V8's own work, as
 * each has a heap page of its own. No optimising compiler: its code alone is 4 MB, and nothing here runs long enough to be worth it.
 * `gc()` for the moments after much work.
 */
const NODE_FLAGS = [
  '--max-old-space-size=48',
  '--max-semi-space-size=1',
  '--v8-pool-size=1',
  '--no-opt',
  '--expose-gc',
];

type WatchdogContext = Pick<
  OperateContext,
  'stack' | 'paths' | 'launcher' | 'sigctlBin' | 'watchdog' | 'shellEnv' | 'onNote'
>;

/** Whether one has to be started: the manifest wants it and none lives. */
export function lacksWatchdog({ stack, paths }: { readonly stack: Stack; readonly paths: HomePaths }): boolean {
  return stack.watch.enabled && findWatchdog(paths) === undefined;
}

/**
 * Starts the watchdog where there is none. Never rejects: services that run without it are better than none, so a fault is a
 * note. The caller holds the stack's lock.
 */
export async function startWatchdog(context: WatchdogContext, client: Pm2Client): Promise<void> {
  if (!lacksWatchdog(context)) return;
  try {
    await launchWatchdog(context, client);
  } catch (error) {
    context.onNote(`the watchdog was not started: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Hands a watchdog to PM2 in place of whatever PM2 has under this name. */
export async function launchWatchdog(context: WatchdogContext, client: Pm2Client): Promise<void> {
  const { paths, watchdog, launcher } = context;
  if (!existsSync(watchdog)) return context.onNote(`no watchdog, as "${watchdog}" is missing: npm run build`);
  await removeApp(context, client, { name: WATCHDOG_KEY, killTimeoutMs: KILL_TIMEOUT_MS });
  makeLogFile(logPath(paths, WATCHDOG_KEY));
  writeLaunchFile(launchPath(paths, WATCHDOG_KEY), {
    key: WATCHDOG_KEY,
    lock: lockPath(paths, WATCHDOG_KEY),
    pidFile: pidPath(paths, WATCHDOG_KEY),
    logFile: logPath(paths, WATCHDOG_KEY),
    cwd: context.stack.root,
    startId: randomUUID(),
    flock: findFlock(context.shellEnv['PATH']),
    keepIpc: false,
    lockWaitS: LOCK_WAIT_S,
    gate: { path: gatePath(paths, WATCHDOG_KEY), ...RESTARTS },
    env: stackEnv(context),
    command: [process.execPath, ...NODE_FLAGS, watchdog],
  });
  await client.prepare(
    launcherRecord({
      key: WATCHDOG_KEY,
      namespace: 'default',
      launcher,
      launchFile: launchPath(paths, WATCHDOG_KEY),
      logFile: logPath(paths, WATCHDOG_KEY),
      pm2Home: paths.pm2,
      autorestart: true,
      killTimeoutMs: KILL_TIMEOUT_MS,
      memoryLimitBytes: MEMORY_LIMIT_BYTES,
      cronRestart: undefined,
      stopCodes: NOT_RESTARTED,
      readyMessageWithinMs: undefined,
    }),
  );
}

/** Ends the watchdog, if there is one, and returns when it is gone. */
export async function endWatchdog(
  { paths }: Pick<OperateContext, 'paths'>,
  client: Pm2Client | undefined,
): Promise<void> {
  // Without its launch file a PM2 that does not answer now cannot start it again later.
  rmSync(launchPath(paths, WATCHDOG_KEY), { force: true });
  const app = { name: WATCHDOG_KEY, killTimeoutMs: KILL_TIMEOUT_MS };
  await (client === undefined ? undefined : removeApp({ paths }, client, app).catch(leaveToSignals));
  const watchdog = findWatchdog(paths);
  if (watchdog !== undefined) await endTree(watchdog, KILL_TIMEOUT_MS);
  rmSync(pidPath(paths, WATCHDOG_KEY), { force: true });
}

/** The same, through a connection of its own. */
export async function stopWatchdog(context: Pick<OperateContext, 'paths'>): Promise<void> {
  const client = await connectAnswering(context);
  try {
    await endWatchdog(context, client);
  } finally {
    client?.close();
  }
}

/** The manifest has turned it off since it was started. The watchdog itself may be what starts something: it does not wait for its own end. */
export async function endUnwantedWatchdog(context: OperateContext): Promise<void> {
  if (context.stack.watch.enabled) return;
  const watchdog = findWatchdog(context.paths);
  if (watchdog === undefined || watchdog.pid === process.pid) return;
  announceExitOf(context, WATCHDOG_KEY);
  await stopWatchdog(context);
}

function leaveToSignals(error: unknown): void {
  if (!(error instanceof SigctlError)) throw error;
  // PM2 went away or does not answer: the signals that follow do the work.
}
