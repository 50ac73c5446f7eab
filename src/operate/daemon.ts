import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unitName } from '../core/boot-unit.js';
import { EXIT, SigctlError } from '../errors.js';
import { findDaemon } from '../observe/observe-processes.js';
import { connectPm2, type Pm2Client } from '../pm2/client.js';
import { daemonCommand, daemonFolders, daemonLogPath, daemonModuleConfig } from '../pm2/daemon-command.js';
import { divideUnitCgroup } from '../process/cgroup.js';
import { daemonSockets } from '../process/daemon-sockets.js';
import { DAEMON_KEY, exitJournalPath, launchPath, lockPath, pidPath } from '../process/home.js';
import { homeDigest } from '../process/home-digest.js';
import { writeLaunchFile } from '../process/launch-file.js';
import { waitUntilGone } from '../process/signals.js';
import { removeStalePidFile } from '../process/stale-pid-file.js';
import type { OperateContext } from './context.js';

/** A fresh daemon needs a second or two on a slow machine. */
const SPAWN_DEADLINE_MS = 30_000;
const CONNECT_DEADLINE_MS = 2_000;
const POLL_MS = 25;
const END_DEADLINE_MS = 5_000;

type DaemonContext = Pick<OperateContext, 'stack' | 'paths' | 'launcher' | 'shellEnv'>;

/** A connection to this stack's daemon; `undefined` when none runs. Never starts one. */
export async function connectDaemon({ paths }: Pick<DaemonContext, 'paths'>): Promise<Pm2Client | undefined> {
  if (!daemonLives({ paths })) return undefined;
  return connectPm2(daemonSockets(paths.pm2).rpc, CONNECT_DEADLINE_MS);
}

/** The same for a stop: a daemon that does not answer is left out from the start, and its services are ended as orphans are. */
export async function connectAnswering(context: Pick<DaemonContext, 'paths'>): Promise<Pm2Client | undefined> {
  const client = await connectDaemon(context);
  try {
    await client?.list();
    return client;
  } catch (error) {
    client?.close();
    if (error instanceof SigctlError) return undefined;
    throw error;
  }
}

/**
 * A connection to this stack's daemon, started first where there is none.
 *
 * The daemon runs behind the launcher like a service: its kernel lock makes a second daemon impossible, however many
 * commands race (PM2 itself would leave two, and a client that waits for ever).
 *
 * @throws {SigctlError} `PM2_UNREACHABLE` (exit 4).
 */
export async function ensureDaemon(context: DaemonContext): Promise<Pm2Client> {
  const startedAt = performance.now();
  for (let launched = false; performance.now() - startedAt < SPAWN_DEADLINE_MS; ) {
    const client = await connectDaemon(context);
    if (client !== undefined) return client;
    if (!launched && !daemonLives(context)) launchDaemon(context);
    launched = true;
    await sleep(POLL_MS);
  }
  throw unreachable(context);
}

/** Makes sure that a daemon runs and answers, before anything is done that only it can undo. @throws {SigctlError} `PM2_UNREACHABLE` (exit 4). */
export async function requireDaemon(context: DaemonContext): Promise<void> {
  const client = await ensureDaemon(context);
  try {
    await client.list();
  } finally {
    client.close();
  }
}

/** Ends the daemon when it has nothing left to look after. @param onRetire Called before it is ended. */
export async function retireDaemon(
  context: Pick<DaemonContext, 'paths'>,
  client: Pm2Client,
  onRetire: () => void,
): Promise<void> {
  const apps = await client.list();
  if (apps.length > 0) return;
  const daemon = findDaemon(context.paths);
  onRetire();
  await client.shutDown();
  if (daemon !== undefined) await waitUntilGone([daemon], END_DEADLINE_MS);
  // Its number will be a stranger's one day.
  removeStalePidFile(pidPath(context.paths, DAEMON_KEY), lockPath(context.paths, DAEMON_KEY));
}

function daemonLives({ paths }: Pick<DaemonContext, 'paths'>): boolean {
  return findDaemon(paths) !== undefined;
}

function launchDaemon({ stack, paths, launcher, shellEnv }: DaemonContext): void {
  const unit = { stack: stack.name };
  divideUnitCgroup([unitName(unit), unitName(unit, homeDigest(paths.home))]);
  for (const folder of [...daemonFolders(paths.pm2), paths.run]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  // PM2's own command line makes this file; without it the daemon logs an error at each start.
  writeFileSync(daemonModuleConfig(paths.pm2), '{}\n', { mode: 0o600 });
  const { command, env } = daemonCommand(
    paths.pm2,
    daemonSockets(paths.pm2),
    {
      path: shellEnv['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      home: shellEnv['HOME'] ?? '/',
      timeZone: shellEnv['TZ'],
    },
    { preload: join(dirname(launcher), 'exit-journal.cjs'), journal: exitJournalPath(paths) },
  );
  writeLaunchFile(launchPath(paths, DAEMON_KEY), {
    key: DAEMON_KEY,
    lock: lockPath(paths, DAEMON_KEY),
    pidFile: pidPath(paths, DAEMON_KEY),
    logFile: daemonLogPath(paths.pm2),
    cwd: '/',
    startId: '-',
    flock: findFlock(shellEnv['PATH']),
    keepIpc: false,
    env,
    command,
  });
  // Its own session: Ctrl-C in the terminal that typed `start` is not meant for the daemon.
  const child = spawn('/usr/bin/env', ['-i', '/bin/sh', launcher, launchPath(paths, DAEMON_KEY)], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
}

/** Path of `flock(1)`, `undefined` where there is none (macOS). */
export function findFlock(path: string | undefined): string | undefined {
  return [...(path ?? '').split(delimiter), '/usr/bin', '/bin']
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'flock'))
    .find((file) => existsSync(file));
}

function unreachable({ paths }: DaemonContext): SigctlError {
  const pid = findDaemon(paths)?.pid;
  const who = pid !== undefined ? `its daemon (pid ${pid}) does not answer` : 'its daemon does not start';
  return new SigctlError(`Cannot reach PM2: ${who} within ${SPAWN_DEADLINE_MS / 1_000} s`, {
    code: 'PM2_UNREACHABLE',
    hint: `${pid === undefined ? 'sigctl doctor looks at the machine' : 'sigctl recover replaces it, unless the watchdog did by then; services survive that'}. Its own log is ${daemonLogPath(paths.pm2)}`,
    exitCode: EXIT.environment,
  });
}
