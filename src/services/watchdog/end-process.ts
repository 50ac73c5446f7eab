import type { ProcessIdentity } from '../../core/observed-process.js';
import { isAlive } from '../../process/identity.js';
import { readProcessState } from '../../process/process-state.js';
import { endTree } from '../../process/signals.js';
import { readTreeMemoryBytes } from '../../process/tree.js';
import { recordIntent } from '../../store/intents.js';
import type { WatchContext } from './context.js';

/** The process that is to end, and how long it may take to do so in order. */
export interface EndTarget {
  readonly key: string;
  readonly process: ProcessIdentity;
  readonly killTimeoutMs: number;
}

export interface ProcessEnder {
  /**
   * Ends a process so that PM2 and the launcher start it again: says why on record, then SIGINT, then SIGKILL, to its whole
   * tree. Returns at once. Does nothing for one that is already being ended, so it may be asked at each tick.
   *
   * @param cause One of the recorder's words: `unhealthy`.
   * @throws When the reason cannot be written down: then nothing was signalled, and the next tick asks again.
   */
  readonly end: (target: EndTarget, cause: string, reason: string) => void;
  /** Waits for those that are being ended. */
  readonly drain: () => Promise<void>;
}

/** Ends processes for the watchdog. Only ever signals the very process that was judged, by pid and start time. */
export function createProcessEnder(context: Pick<WatchContext, 'db' | 'nowMs' | 'log'>): ProcessEnder {
  const ending = new Map<string, Promise<void>>();
  return {
    end: (target, cause, reason) => {
      const { key, process } = target;
      const name = `${process.pid} ${process.startToken}`;
      if (ending.has(name) || !isAlive(process)) return;
      recordIntent(context.db, {
        ...{ key, cause, actor: 'watchdog', atMs: context.nowMs() },
        subject: { kind: 'exit', process },
        detail: {
          reason,
          processState: readProcessState(process.pid) ?? null,
          memoryBytes: readTreeMemoryBytes(process.pid),
        },
      });
      context.log.warn('restarts', { service: key, pid: process.pid, cause, reason });
      ending.set(
        name,
        endOne(context, target).finally(() => ending.delete(name)),
      );
    },
    drain: async () => void (await Promise.all(ending.values())),
  };
}

async function endOne({ log }: Pick<WatchContext, 'log'>, { key, process, killTimeoutMs }: EndTarget): Promise<void> {
  try {
    const outcome = await endTree(process, killTimeoutMs);
    if (outcome !== 'exited')
      log.warn(outcome === 'killed' ? 'did not end in order and was killed' : 'survived SIGKILL', {
        service: key,
        pid: process.pid,
      });
  } catch (error) {
    // EPERM of a process that runs as somebody else: it stays, and is tried again at the next tick.
    log.trouble(`cannot end ${key}`, error);
  }
}
