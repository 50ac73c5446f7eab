import type { HealthCheck } from './stack.js';
import type { ReportedState } from './status-row.js';
import type { Verdict } from './verdict.js';

/** The last settled answer of one health check of this very process. */
export interface CheckReport {
  readonly name: string;
  readonly kind: HealthCheck['kind'];
  readonly ok: boolean;
  readonly reason: string;
  /** For how long the answer has been this one. */
  readonly forMs: number;
}

/**
 * All that is known of one process of a service, for terminal, page and API. `null` means unknown or not applicable.
 * Ages and durations are milliseconds; `cpuPercent` is of one core, averaged over the life of the process (as `ps` does).
 */
export interface ServiceReport {
  readonly service: string;
  readonly instance: string;
  /** `trading`, or `web-0` when the service has several instances. */
  readonly key: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The next command to type, when there is something to do. */
  readonly next: string | null;
  /** The operator wants it to run. */
  readonly wanted: boolean;
  /** What the service says of itself; `offline` where it says nothing that can be true (no live process wrote it). */
  readonly state: ReportedState | 'offline' | null;
  readonly stateReason: string | null;
  readonly pid: number | null;
  readonly uptimeMs: number | null;
  /** Starts that nobody asked for, since the last start or restart by sigctl. */
  readonly restarts: number | null;
  /** Resident memory of the whole process tree. */
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly cpuPercent: number | null;
  readonly heartbeatAgeMs: number | null;
  readonly heartbeatWithinMs: number | null;
  readonly progressName: string | null;
  readonly progressAgeMs: number | null;
  readonly progressWithinMs: number | null;
  readonly port: number | null;
  /** In manifest order; those that were not answered yet, or that nobody asks, are left out. */
  readonly checks: readonly CheckReport[];
}
