import { setTimeout as delay } from 'node:timers/promises';

/** Waits for `ms`, or until `signal` aborts. Never rejects: callers look at the signal. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** The real one. */
export const pause: Pause = async (ms, signal) => {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    // Aborted: the one reason why a timer rejects.
  }
};
