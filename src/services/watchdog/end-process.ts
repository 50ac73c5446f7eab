import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, processName } from '../../core/observed-process.js';
import { planEnding } from '../../core/watch-plan.js';
import { identify, isAlive } from '../../process/identity.js';
import { readResidentBytes } from '../../process/proc-stat.js';
import { readProcessState } from '../../process/process-state.js';
import { signalAll } from '../../process/signals.js';
import { readTree, readTreeMemoryBytes } from '../../process/tree.js';
import { recordIntent } from '../../store/intents.js';
import { recordMemory } from '../../store/processes.js';
import type { WatchContext } from './context.js';

/** The process that is to end, and how long it may take to do so in order. */
export interface EndTarget {
  readonly key: string;
  readonly process: ProcessIdentity;
  readonly killTimeoutMs: number;
  /** Above it by some share while it ends, it is killed at once. */
  readonly memoryLimitBytes?: number | undefined;
}

/** Of the recorder's words for why a process ended. */
export type EndReason = 'unhealthy' | 'hung' | 'stale' | 'memory-limit';

/** What asks a process to end. A hung one may have lost its handler of SIGINT with its event loop: SIGTERM is what `kill` sends. */
const SIGNALS: Readonly<Record<EndReason, NodeJS.Signals>> = {
  unhealthy: 'SIGINT',
  'memory-limit': 'SIGINT',
  hung: 'SIGTERM',
  stale: 'SIGTERM',
};

/** A tree that grows by 50 MB/s grows by 2.5 MB between two looks. */
const POLL_MS = 50;
/** After SIGKILL only the kernel can be slow; then it is given up, and the next tick may try again. */
const KILL_PATIENCE_MS = 5_000;

export interface ProcessEnder {
  /**
   * Ends a process so that PM2 and the launcher start it again: says why on record, then SIGINT or SIGTERM, then SIGKILL, to its
   * whole tree. Returns at once. Does nothing for one that is already being ended, so it may be asked at each tick.
   *
   * @throws When the reason cannot be written down: then nothing was signalled, and the next tick asks again. Only memory does not
   *   wait for a database that is locked or full.
   */
  readonly end: (target: EndTarget, cause: EndReason, reason: string) => void;
  readonly isEnding: (process: ProcessIdentity) => boolean;
  /** Waits for those that are being ended. */
  readonly drain: () => Promise<void>;
}

type EnderContext = Pick<WatchContext, 'db' | 'nowMs' | 'monotonicMs' | 'log'>;

/** Ends processes for the watchdog. Only ever signals the very process that was judged, by pid and start time. */
export function createProcessEnder(context: EnderContext): ProcessEnder {
  const ending = new Map<string, Promise<void>>();
  return {
    end: (target, cause, reason) => {
      const { key, process } = target;
      const name = processName(process);
      if (ending.has(name) || !isAlive(process)) return;
      try {
        announce(context, target, cause, reason);
      } catch (error) {
        if (cause !== 'memory-limit') throw error;
        context.log.trouble(`cannot write down why ${key} is ended`, error);
      }
      context.log.warn('restarts', { service: key, pid: process.pid, cause, reason });
      ending.set(
        name,
        endOne(context, target, SIGNALS[cause])
          .catch((error: unknown) => context.log.trouble(`cannot end ${key}`, error))
          .finally(() => ending.delete(name)),
      );
    },
    isEnding: (process) => ending.has(processName(process)),
    drain: async () => void (await Promise.all(ending.values())),
  };
}

function announce({ db, nowMs }: EnderContext, { key, process }: EndTarget, cause: EndReason, reason: string): void {
  const memoryBytes = readTreeMemoryBytes(process.pid);
  const processState = readProcessState(process.pid) ?? null;
  recordMemory(db, key, memoryBytes);
  recordIntent(db, {
    ...{ key, cause, actor: 'watchdog', atMs: nowMs() },
    subject: { kind: 'exit', process },
    detail: { reason, processState, memoryBytes },
  });
}

async function endOne(context: EnderContext, target: EndTarget, signal: NodeJS.Signals): Promise<void> {
  const { key, process, killTimeoutMs, memoryLimitBytes } = target;
  // Of the beginning: a child whose parent ends first is still the service's, and would hold its lock.
  const members = readMembers(process);
  signalAll(members, signal);
  // A process that was stopped could not even end in order.
  if (readProcessState(process.pid) === 'T') signalAll(members, 'SIGCONT');
  const startedAtMs = context.monotonicMs();
  let peakBytes = 0;
  for (;;) {
    const alive = members.filter(isAlive);
    const memoryBytes = alive.reduce((sum, { pid }) => sum + readResidentBytes(pid), 0);
    peakBytes = Math.max(peakBytes, memoryBytes);
    const sinceMs = context.monotonicMs() - startedAtMs;
    const step = planEnding({ alive: alive.length, sinceMs, killTimeoutMs, memoryBytes, memoryLimitBytes });
    if (step !== 'wait') {
      notePeak(context, key, peakBytes);
      if (step === 'kill') await killRest(context, target, [...members, ...readMembers(process)]);
      return;
    }
    await sleep(POLL_MS);
  }
}

async function killRest(
  { log, monotonicMs }: EnderContext,
  { key, process }: EndTarget,
  members: readonly ProcessIdentity[],
): Promise<void> {
  log.warn('did not end in order and is killed', { service: key, pid: process.pid });
  signalAll(members, 'SIGKILL');
  const startedAtMs = monotonicMs();
  while (members.some(isAlive)) {
    if (monotonicMs() - startedAtMs >= KILL_PATIENCE_MS) {
      log.warn('survived SIGKILL', { service: key, pid: process.pid });
      return;
    }
    await sleep(POLL_MS);
  }
}

function readMembers(root: ProcessIdentity): readonly ProcessIdentity[] {
  if (!isAlive(root)) return [];
  return readTree(root.pid)
    .map(identify)
    .filter((member) => member !== undefined);
}

/** What it had at most, for the record of its exit. */
function notePeak({ db, log }: EnderContext, key: string, bytes: number): void {
  try {
    recordMemory(db, key, bytes);
  } catch (error) {
    log.trouble(`cannot write down the memory of ${key}`, error);
  }
}
