import { planDaemonCare } from '../../core/daemon-pulse.js';
import { findDaemon } from '../../observe/observe-processes.js';
import { createDaemonWatch, killSilentDaemon } from '../../operate/daemon-watch.js';
import { DAEMON_KEY } from '../../process/home.js';
import { readProcessState } from '../../process/process-state.js';
import { signalAll } from '../../process/signals.js';
import { readHistory } from '../../store/history.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';

/** A daemon that answers is asked this seldom: a question costs as much as a look at several processes. */
const ASK_EVERY_MS = 5_000;
const ASK_SILENT_EVERY_MS = 2_000;
/** Replacements of this long ago still make the next one rarer. */
const LATELY_MS = 3_600_000;

/**
 * Replaces a daemon that lives and does not answer, because its event loop is blocked or its socket is gone: it starts nothing again
 * and takes no command. One that was stopped by a signal is sent SIGCONT first. SIGKILL, as any other signal would make it end the
 * services too; they survive, and are taken back under the new one.
 */
export function keepAnswering(context: WatchContext): Duty {
  const { paths, db, nowMs, log } = context;
  const watch = createDaemonWatch(context);

  return {
    name: 'keep PM2 answering',
    everyMs: () => ((watch.pulse()?.silentMs ?? 0) === 0 ? ASK_EVERY_MS : ASK_SILENT_EVERY_MS),
    run: async () => {
      const daemon = findDaemon(paths);
      if (daemon === undefined) return;
      const pulse = await watch.ask(daemon);
      if (pulse.silentMs === 0 || context.signal.aborted) return;
      const state = readProcessState(daemon.pid);
      switch (planDaemonCare(pulse, state, countReplaced(context))) {
        case 'none':
          return;
        case 'continue':
          log.warn('PM2 was stopped by a signal and is sent SIGCONT', { pid: daemon.pid });
          signalAll([daemon], 'SIGCONT');
          watch.noteContinued();
          return;
        case 'replace': {
          const reason = killSilentDaemon({ db, nowMs, actor: 'watchdog' }, daemon, { pulse, state });
          log.warn('PM2 is replaced', { pid: daemon.pid, reason });
        }
      }
    },
  };
}

function countReplaced({ db, nowMs }: WatchContext): number {
  const query = { services: [DAEMON_KEY], kinds: ['exit'], sinceMs: nowMs() - LATELY_MS, limit: 20 };
  return readHistory(db, query).filter(({ cause, actor }) => cause === 'hung' && actor === 'watchdog').length;
}
