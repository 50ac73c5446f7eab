import { setTimeout as sleep } from 'node:timers/promises';
import { NO_PULSE, planDaemonCare } from '../core/daemon-pulse.js';
import { EXIT, SigctlError } from '../errors.js';
import { findDaemon } from '../observe/observe-processes.js';
import { readUptimeMs, ticksToMs } from '../process/proc-stat.js';
import { readProcessState } from '../process/process-state.js';
import { signalAll, waitUntilGone } from '../process/signals.js';
import type { OperateContext } from './context.js';
import { createDaemonWatch, killSilentDaemon } from './daemon-watch.js';

const ASK_EVERY_MS = 2_000;
/** A daemon of this age has answered once: `start` returns after that. */
const YOUNG_MS = 60_000;
const GONE_WITHIN_MS = 5_000;
/** More than the patience with a young daemon, and less than a minute's cron may pile up. */
const GIVE_UP_MS = 90_000;

/**
 * What the watchdog does about a PM2 that lives and is silent, where there is none: asks it for as long as the watchdog would, sends
 * SIGCONT to one that was stopped, and ends one that stays silent. Returns when it answers or is gone.
 *
 * @throws {SigctlError} `PM2_UNREACHABLE` (exit 4) for one that cannot be judged: a debugger holds it, or it waits for a disk.
 */
export async function replaceSilentDaemon(context: OperateContext): Promise<'answers' | 'gone'> {
  const { paths, monotonicMs, signal } = context;
  const startedAtMs = monotonicMs();
  const watch = createDaemonWatch(context, { ...NO_PULSE, hasAnswered: ageMs(context) > YOUNG_MS });
  while (!signal.aborted && monotonicMs() - startedAtMs < GIVE_UP_MS) {
    const daemon = findDaemon(paths);
    if (daemon === undefined) return 'gone';
    const pulse = await watch.ask(daemon);
    if (pulse.hasAnswered && pulse.unanswered === 0 && pulse.silentMs === 0) return 'answers';
    const state = readProcessState(daemon.pid);
    const care = planDaemonCare(pulse, state, 0);
    if (care === 'continue') {
      signalAll([daemon], 'SIGCONT');
      watch.noteContinued();
    }
    if (care === 'replace') {
      killSilentDaemon(context, daemon, { pulse, state });
      await waitUntilGone([daemon], GONE_WITHIN_MS);
      return 'gone';
    }
    // Ctrl-C is looked at above.
    await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  throw unjudged(findDaemon(paths)?.pid);
}

function ageMs({ paths }: OperateContext): number {
  const daemon = findDaemon(paths);
  return daemon === undefined ? 0 : readUptimeMs() - ticksToMs(daemon.startToken);
}

function unjudged(pid: number | undefined): SigctlError {
  return new SigctlError(`Cannot tell whether PM2's daemon (pid ${pid ?? '-'}) is to be replaced: it does not answer`, {
    code: 'PM2_UNREACHABLE',
    hint: 'sigctl doctor says in which state it is',
    exitCode: EXIT.environment,
  });
}
