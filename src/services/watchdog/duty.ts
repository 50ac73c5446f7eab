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

type DutyContext = Pick<WatchContext, 'monotonicMs' | 'log' | 'signal'>;

/** Runs all duties until the signal aborts, then drains them in order. */
export async function runDuties(duties: readonly Duty[], context: DutyContext): Promise<void> {
  await Promise.all(duties.map((duty) => repeat(duty, context)));
  for (const { name, drain } of duties) if (drain !== undefined) await attempt(name, drain, context);
}

async function repeat({ name, everyMs, run }: Duty, context: DutyContext): Promise<void> {
  while (!context.signal.aborted) {
    await attempt(name, run, context);
    const periodMs = typeof everyMs === 'number' ? everyMs : everyMs();
    await pause(untilNext(context.monotonicMs(), periodMs), context.signal);
  }
}

/** To the next multiple: duties of the same period wake up the processor once. */
function untilNext(nowMs: number, everyMs: number): number {
  return everyMs - (nowMs % everyMs);
}

async function attempt(name: string, work: () => void | Promise<void>, { log }: DutyContext): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.trouble(`${name} failed`, error);
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
