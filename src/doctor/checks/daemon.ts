import { PATIENCE_MS } from '../../core/daemon-pulse.js';
import { findWatchdog } from '../../observe/find-watchdog.js';
import { connectPm2 } from '../../pm2/client.js';
import { daemonSockets } from '../../process/daemon-sockets.js';
import { readProcessState } from '../../process/process-state.js';
import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, ok } from '../report.js';
import { count, listSome } from '../words.js';

/** A healthy daemon answers within milliseconds. */
const ANSWER_WITHIN_MS = 2_000;
/** For so long the watchdog hears nothing before it acts. */
const SILENCE_S = PATIENCE_MS / 1_000;

/** Whether PM2's daemon lives and answers. */
export async function checkDaemon({ facts, paths }: CheckDeps): Promise<readonly CheckFinding[]> {
  const pid = facts.daemonPid();
  if (pid === undefined) {
    const running = facts.instances().filter(({ listed, process }) => listed && process.kind === 'running');
    return [judgeAbsentDaemon([...new Set(running.map(({ spec }) => spec.name))])];
  }
  const apps = await askDaemon(daemonSockets(paths.pm2).rpc);
  if (apps !== undefined)
    return [ok(`PM2's daemon (pid ${pid}) answers, and looks after ${count(apps, 'process', 'processes')}`)];
  const watchdog = findWatchdog(paths);
  const isWatched = watchdog !== undefined && watchdog.state !== 'T' && watchdog.state !== 't';
  return [judgeSilentDaemon(pid, readProcessState(pid), isWatched ? watchdog.pid : undefined)];
}

/** How many processes it looks after; `undefined` when it does not say so in time. */
async function askDaemon(socket: string): Promise<number | undefined> {
  const client = await connectPm2(socket, ANSWER_WITHIN_MS);
  if (client === undefined) return undefined;
  try {
    return (await client.list(ANSWER_WITHIN_MS)).length;
  } catch {
    // No answer, or a refusal: its silence is what is reported.
    return undefined;
  } finally {
    client.close();
  }
}

/** @param running Services that have a process. */
export function judgeAbsentDaemon(running: readonly string[]): CheckFinding {
  if (running.length === 0) return ok("PM2's daemon does not run, and there is nothing to look after");
  return error({
    code: 'DAEMON_DOWN',
    evidence: `PM2's daemon does not run, and ${count(running.length, 'service')} ${running.length === 1 ? 'does' : 'do'}: ${listSome(running)}. They work, but nobody would restart them`,
    mend: 'sigctl recover',
  });
}

/**
 * @param state Of the daemon's process, as `/proc` has it.
 * @param watchdogPid Of a watchdog that is at work: it replaces a silent daemon by itself.
 */
export function judgeSilentDaemon(
  pid: number,
  state: string | undefined,
  watchdogPid: number | undefined,
): CheckFinding {
  const isStopped = state === 'T' || state === 't';
  const why = isStopped ? ': its process is stopped (SIGSTOP, or a debugger)' : '';
  const does = isStopped ? 'continues' : 'replaces';
  const watched =
    watchdogPid === undefined
      ? 'No watchdog is at work that would replace it'
      : `The watchdog (pid ${watchdogPid}) ${does} it after ${SILENCE_S} s of silence, which the services survive`;
  return error({
    code: 'DAEMON_SILENT',
    subject: `pid ${pid}`,
    evidence: `PM2's daemon (pid ${pid}) lives and does not answer within ${ANSWER_WITHIN_MS / 1_000} s${why}. Services run on; none can be started, and none that crashes comes back. ${watched}`,
    mend: isStopped ? `kill -CONT ${pid}` : watchdogPid === undefined ? 'sigctl recover' : 'sigctl wait',
  });
}
