import type { Stack } from '../../core/stack.js';
import type { HomePaths } from '../../process/home.js';
import type { StatusDb } from '../../store/open.js';
import type { WatchLog } from './watch-log.js';

/** What every duty of the watchdog works with. */
export interface WatchContext {
  /** The stack as it was last validated; a change of `stack.json` shows here within a second. */
  readonly stack: () => Stack;
  /** Looks whether there is a newer one. */
  readonly followStack: () => void;
  readonly paths: HomePaths;
  readonly db: StatusDb;
  /** Of sigctl. */
  readonly version: string;
  /** `scripts/services/launch.sh`, `bin/sigctl` and this program, for what the watchdog starts. */
  readonly launcher: string;
  readonly sigctlBin: string;
  readonly watchdog: string;
  /** Its own variables, and below them those that shells have passed to the stack. */
  readonly shellEnv: () => Readonly<Record<string, string | undefined>>;
  /** Wall clock, for what people read. */
  readonly nowMs: () => number;
  /** CLOCK_MONOTONIC, which stands still while the machine sleeps: for ages and deadlines. */
  readonly monotonicMs: () => number;
  readonly log: WatchLog;
  /** Collects garbage at once, after what needed much memory: V8 would rather grow, and keeps that until it has long been idle. */
  readonly releaseMemory: () => void;
  /** Aborted when the watchdog is to end. */
  readonly signal: AbortSignal;
  /** Ends it in order; PM2 starts a new one. */
  readonly end: (reason: string) => void;
}
