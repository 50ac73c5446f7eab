import { type DaemonPulse, NO_PULSE, planDaemonCare, takePulse } from '../../core/daemon-pulse.js';
import { formatDuration } from '../../core/duration.js';
import { type ProcessIdentity, processName } from '../../core/observed-process.js';
import { findDaemon } from '../../observe/observe-processes.js';
import { pingDaemon } from '../../pm2/ping.js';
import { daemonSockets } from '../../process/daemon-sockets.js';
import { DAEMON_KEY } from '../../process/home.js';
import { readProcStat } from '../../process/proc-stat.js';
import { readProcessState } from '../../process/process-state.js';
import { signalAll } from '../../process/signals.js';
import { readHistory } from '../../store/history.js';
import { recordIntent } from '../../store/intents.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';

/** A daemon that answers is asked this seldom: a question costs as much as a look at ten processes. */
const ASK_EVERY_MS = 5_000;
const ASK_SILENT_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;
/** Replacements of this long ago still make the next one rarer. */
const LATELY_MS = 3_600_000;

/** Whether PM2's daemon answers now. Nothing that needs it is begun, and no lock taken, before it does. */
export function isDaemonAnswering({ paths }: Pick<WatchContext, 'paths'>): Promise<boolean> {
  return pingDaemon(daemonSockets(paths.pm2).rpc, ANSWER_WITHIN_MS);
}

/**
 * Replaces a daemon that lives and does not answer, because its event loop is blocked or its socket is gone: it starts nothing again
 * and takes no command. One that was stopped by a signal is sent SIGCONT first. SIGKILL, as any other signal would make it end the
 * services too; they survive, and are taken back under the new one.
 */
export function keepAnswering(context: WatchContext): Duty {
  const { paths, monotonicMs, log } = context;
  let known: { readonly name: string; pulse: DaemonPulse; askedAtMs: number } | undefined;

  const ask = async (daemon: ProcessIdentity): Promise<DaemonPulse> => {
    const name = processName(daemon);
    if (known?.name !== name) known = { name, pulse: NO_PULSE, askedAtMs: monotonicMs() };
    const answered = await isDaemonAnswering(context);
    const nowMs = monotonicMs();
    const elapsedMs = nowMs - known.askedAtMs;
    const cpuMs = readProcStat(daemon.pid)?.cpuMs ?? known.pulse.cpuMs;
    const pulse = takePulse(known.pulse, { answered, elapsedMs, cpuMs, state: readProcessState(daemon.pid) });
    known = { name, pulse, askedAtMs: nowMs };
    return pulse;
  };

  return {
    name: 'keep PM2 answering',
    everyMs: () => (known === undefined || known.pulse.silentMs === 0 ? ASK_EVERY_MS : ASK_SILENT_EVERY_MS),
    run: async () => {
      const daemon = findDaemon(paths);
      if (daemon === undefined) return;
      const pulse = await ask(daemon);
      if (pulse.silentMs === 0 || context.signal.aborted) return;
      const state = readProcessState(daemon.pid);
      switch (planDaemonCare(pulse, state, countReplaced(context))) {
        case 'none':
          return;
        case 'continue':
          log.warn('PM2 was stopped by a signal and is sent SIGCONT', { pid: daemon.pid });
          signalAll([daemon], 'SIGCONT');
          if (known !== undefined) known.pulse = { ...pulse, continued: true };
          return;
        case 'replace':
          replace(context, daemon, { pulse, state });
      }
    },
  };
}

function countReplaced({ db, nowMs }: WatchContext): number {
  const query = { services: [DAEMON_KEY], kinds: ['exit'], sinceMs: nowMs() - LATELY_MS, limit: 20 };
  return readHistory(db, query).filter(({ cause, actor }) => cause === 'hung' && actor === 'watchdog').length;
}

/** @throws When the reason cannot be written down: then nothing was signalled, and the next question decides again. */
function replace(
  { db, nowMs, log }: WatchContext,
  daemon: ProcessIdentity,
  { pulse, state }: { readonly pulse: DaemonPulse; readonly state: string | undefined },
): void {
  const silence = `it did not answer for ${formatDuration(pulse.silentMs)} (${pulse.unanswered} questions)`;
  const reason = `PM2's daemon lived and was silent: ${silence}. It was ended so that a new one takes over; services survive that`;
  recordIntent(db, {
    ...{ key: DAEMON_KEY, cause: 'hung', actor: 'watchdog', atMs: nowMs() },
    subject: { kind: 'exit', process: daemon },
    detail: { reason, processState: state ?? null },
  });
  log.warn('PM2 is replaced', { pid: daemon.pid, reason });
  signalAll([daemon], 'SIGKILL');
}
