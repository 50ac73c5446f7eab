/** What a service says of itself. `offline` is never written: readers derive it. */
export const SERVICE_STATES = ['starting', 'running', 'scanning', 'idle', 'error', 'stopped'] as const;
export type ReportedState = (typeof SERVICE_STATES)[number];

/** One row of `service_status`, parsed. Instants are epoch milliseconds (UTC). `null`: never reported. */
export interface StatusRow {
  readonly service: string;
  /** `'0'` for a service with one process. */
  readonly instance: string;
  readonly host: string;
  readonly pid: number | null;
  /** Kernel start time of the process in clock ticks since boot (`/proc/<pid>/stat` field 22), as text. */
  readonly startToken: string | null;
  readonly state: ReportedState;
  readonly reason: string | null;
  readonly heartbeatAtMs: number;
  readonly heartbeatEveryMs: number | null;
  readonly progressName: string | null;
  readonly progressSeq: number | null;
  readonly progressAtMs: number | null;
  readonly progressWithinMs: number | null;
  readonly generation: number;
  readonly version: string | null;
  readonly mode: string | null;
  readonly rssBytes: number | null;
  readonly loopLagMs: number | null;
  /** JSON object, service-specific (last price, position, …). */
  readonly detail: Readonly<Record<string, unknown>> | null;
}
