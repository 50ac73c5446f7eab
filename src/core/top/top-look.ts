import type { ServiceEvent } from '../service-event.js';
import type { ServiceReport } from '../service-report.js';

/** One look at the whole stack: what `sigctl top` takes once a second. */
export interface TopLook {
  /** Epoch milliseconds, for ages. */
  readonly atMs: number;
  /** Milliseconds of a clock that never jumps, for rates. */
  readonly clockMs: number;
  readonly name: string;
  readonly mode: string | null;
  readonly daemonPid: number | null;
  readonly isDaemonStopped: boolean;
  readonly watchdogPid: number | null;
  /** The manifest wants a watchdog. */
  readonly isWatched: boolean;
  /** Name → services, as in the manifest. */
  readonly modes: Readonly<Record<string, readonly string[]>>;
  /** In manifest order. */
  readonly processes: readonly TopProcess[];
  /** Oldest first. */
  readonly events: readonly ServiceEvent[];
}

export interface TopProcess {
  readonly report: ServiceReport;
  /** Processor time of the whole process tree so far; `null` when there is none. */
  readonly cpuMs: number | null;
  /** How often its work has advanced; `null` when it does not count that. */
  readonly progressSeq: number | null;
}
