import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchContext } from './context.js';

/** One thing that the watchdog does again and again. Duties run beside each other, each never beside itself. */
export interface Duty {
  readonly name: string;
  /** Fixed, or asked after each run. */
  readonly everyMs: number | (() => number);
  /** What it throws is logged, and it is called again: one duty's trouble is not the others'. */
  readonly run: () => void | Promise<void>;
  /** What has to be done before the watchdog ends. */
  readonly drain?: () => void | Promise<void>;
}

/** What is done only once, when the watchdog ends. */
export interface LastDuty extends Pick<Duty, 'name'> {
  readonly drain: () => void | Promise<void>;
}

type DutyContext = Pick<WatchContext, 'monotonicMs' | 'log' | 'signal'>;

/** Runs all duties until the signal aborts, then drains them in order. */
export async function runDuties(duties: readonly (Duty | LastDuty)[], context: DutyContext): Promise<void> {
  await repeat(duties.filter(isRepeated), context);
  for (const { name, drain } of duties) if (drain !== undefined) await start({ name, run: drain }, context);
}

const isRepeated = (duty: Duty | LastDuty): duty is Duty => 'run' in duty;

interface Turn {
  readonly duty: Duty;
  /** By the monotonic clock; infinite while it is at work. */
  dueMs: number;
}

/** Timers are set in whole milliseconds, so that they may fire a little early. */
const EARLY_MS = 1;

/**
 * One timer for all of them: what is due is begun, in order, and then the processor sleeps until the next is. Most runs are over
 * when they return, and cost no promise. Resolves when the signal has aborted and none is at work.
 */
function repeat(duties: readonly Duty[], context: DutyContext): Promise<void> {
  const { monotonicMs, signal } = context;
  const turns = duties.map((duty): Turn => ({ duty, dueMs: 0 }));
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (nowMs: number): void => {
      clearTimeout(timer);
      const dueMs = firstDueMs(turns);
      if (!signal.aborted && dueMs < Number.POSITIVE_INFINITY) timer = setTimeout(wake, dueMs - nowMs);
      if (signal.aborted && turns.every((turn) => turn.dueMs < Number.POSITIVE_INFINITY)) resolve();
    };
    const settle = (turn: Turn, nowMs: number): void => {
      const { everyMs } = turn.duty;
      turn.dueMs = nextMultiple(nowMs + EARLY_MS, typeof everyMs === 'number' ? everyMs : everyMs());
    };
    const goOn = (turn: Turn): void => {
      const nowMs = monotonicMs();
      settle(turn, nowMs);
      wait(nowMs);
    };
    const wake = (): void => {
      const byMs = monotonicMs() + EARLY_MS;
      const over: Turn[] = [];
      for (const turn of turns) {
        if (turn.dueMs > byMs || signal.aborted) continue;
        turn.dueMs = Number.POSITIVE_INFINITY;
        const atWork = start(turn.duty, context);
        if (atWork === undefined) over.push(turn);
        else void atWork.then(() => goOn(turn));
      }
      const nowMs = monotonicMs();
      for (const turn of over) settle(turn, nowMs);
      wait(nowMs);
    };
    signal.addEventListener('abort', () => wait(monotonicMs()), { once: true });
    wake();
  });
}

function firstDueMs(turns: readonly Turn[]): number {
  let firstMs = Number.POSITIVE_INFINITY;
  for (const { dueMs } of turns) firstMs = Math.min(firstMs, dueMs);
  return firstMs;
}

/** Duties of the same period wake up the processor once. */
function nextMultiple(nowMs: number, everyMs: number): number {
  return nowMs + everyMs - (nowMs % everyMs);
}

/** @returns What is still at work, `undefined` when it is done. Never rejects: what fails is logged. */
function start({ name, run }: Pick<Duty, 'name' | 'run'>, { log }: DutyContext): Promise<void> | undefined {
  try {
    const atWork = run();
    return atWork?.catch((error: unknown) => log.trouble(`${name} failed`, error));
  } catch (error) {
    log.trouble(`${name} failed`, error);
    return undefined;
  }
}

/** Returns early when the watchdog is to end. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // AbortError, which is all that this can be: the caller looks at the signal.
  }
}
