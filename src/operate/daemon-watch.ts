import { type DaemonPulse, NO_PULSE, takePulse } from '../core/daemon-pulse.js';
import { formatDuration } from '../core/duration.js';
import { type ProcessIdentity, processName } from '../core/observed-process.js';
import { createPingLine, pingDaemon } from '../pm2/ping.js';
import { daemonSockets } from '../process/daemon-sockets.js';
import { DAEMON_KEY, type HomePaths } from '../process/home.js';
import { readProcStat } from '../process/proc-stat.js';
import { readProcessState } from '../process/process-state.js';
import { signalAll } from '../process/signals.js';
import { recordIntent } from '../store/intents.js';
import type { OperateContext } from './context.js';

const ANSWER_WITHIN_MS = 2_000;

/** Whether PM2's daemon answers now. */
export function isDaemonAnswering({ paths }: { readonly paths: HomePaths }): Promise<boolean> {
  return pingDaemon(daemonSockets(paths.pm2).rpc, ANSWER_WITHIN_MS);
}

/** What was learned of one daemon by asking it again and again. */
export interface DaemonWatch {
  /** Asks once more. A daemon of another identity is begun with anew. */
  readonly ask: (daemon: ProcessIdentity) => Promise<DaemonPulse>;
  /** It was sent SIGCONT in this silence. */
  readonly noteContinued: () => void;
  /** `undefined`: none was asked yet. */
  readonly pulse: () => DaemonPulse | undefined;
}

/** Keeps a connection, and no process alive. @param first What is taken to be known of a daemon that was not asked yet. */
export function createDaemonWatch(
  context: { readonly paths: HomePaths; readonly monotonicMs: () => number },
  first: DaemonPulse = NO_PULSE,
): DaemonWatch {
  const { monotonicMs } = context;
  const line = createPingLine(daemonSockets(context.paths.pm2).rpc);
  let known: { readonly name: string; pulse: DaemonPulse; askedAtMs: number } | undefined;
  return {
    ask: async (daemon) => {
      const name = processName(daemon);
      if (known?.name !== name) known = { name, pulse: first, askedAtMs: monotonicMs() };
      const answered = await line.ask(ANSWER_WITHIN_MS);
      const nowMs = monotonicMs();
      const elapsedMs = nowMs - known.askedAtMs;
      const cpuMs = readProcStat(daemon.pid)?.cpuMs ?? known.pulse.cpuMs;
      const pulse = takePulse(known.pulse, { answered, elapsedMs, cpuMs, state: readProcessState(daemon.pid) });
      known = { name, pulse, askedAtMs: nowMs };
      return pulse;
    },
    noteContinued: () => {
      if (known !== undefined) known.pulse = { ...known.pulse, continued: true };
    },
    pulse: () => known?.pulse,
  };
}

/**
 * Ends a daemon that lives and is silent by SIGKILL, as any other signal would make it end the services too; they survive.
 *
 * @returns Why, in words.
 * @throws When the reason cannot be written down: then nothing was signalled.
 */
export function killSilentDaemon(
  { db, nowMs, actor }: Pick<OperateContext, 'db' | 'nowMs' | 'actor'>,
  daemon: ProcessIdentity,
  { pulse, state }: { readonly pulse: DaemonPulse; readonly state: string | undefined },
): string {
  const silence = `it did not answer for ${formatDuration(pulse.silentMs)} (${pulse.unanswered} questions)`;
  const reason = `PM2's daemon lived and was silent: ${silence}. It was ended so that a new one takes over; services survive that`;
  recordIntent(db, {
    ...{ key: DAEMON_KEY, cause: 'hung', actor, atMs: nowMs() },
    subject: { kind: 'exit', process: daemon },
    detail: { reason, processState: state ?? null },
  });
  signalAll([daemon], 'SIGKILL');
  return reason;
}
