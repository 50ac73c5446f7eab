/** Identifies a process for good: a pid alone is reused by the kernel. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Kernel start time in clock ticks since boot, as text (`/proc/<pid>/stat` field 22). */
  readonly startToken: string;
}

/** Whether both name the very same process, of one boot. */
export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startToken === b.startToken;
}

/** An identity as one word for maps and rows. */
export function processName({ pid, startToken }: ProcessIdentity): string {
  return `${pid} ${startToken}`;
}

/** How the last process of a service ended, as PM2 saw it. A death by signal has no exit code. */
export interface ProcessExit {
  readonly atMs: number | null;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Exits of a service that count against it, and the wait that they cost. */
export interface Holdback {
  readonly exits: number;
  readonly breaker: { readonly exits: number; readonly withinMs: number };
  /** Until it starts again; `null` when it does not. */
  readonly restartsInMs: number | null;
}

/** What the kernel shows of one process of a service. */
export type ObservedProcess =
  | {
      readonly kind: 'none';
      /** The last exit on record, when there is one. */
      readonly lastExit: ProcessExit | null;
      /** Starts since the last start by sigctl; 0 when it never ran. */
      readonly starts: number;
      /** The breaker opened: nobody will start it again until an operator does. */
      readonly breakerOpen: boolean;
      /** How it is held back after its exits; `null` when it is not, or when nobody knows. */
      readonly holdback: Holdback | null;
      /** Processes that outlived their service and still hold its lock. */
      readonly leftovers: readonly number[];
    }
  | {
      readonly kind: 'running';
      readonly identity: ProcessIdentity;
      readonly startedAtMs: number;
      /** `pm2`: a child of this stack's daemon. `none`: nobody would restart it. */
      readonly parent: 'pm2' | 'none';
      readonly starts: number;
      readonly memoryBytes: number;
      readonly cpuMs: number;
      /** Other live processes of the same service: always a fault. */
      readonly duplicates: readonly number[];
    };
