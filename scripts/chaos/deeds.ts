import { uptimeMs } from './proc.js';
import { SERVICES, type ServiceName } from './services.js';

/** Whether an operator's commands, as far as they came through, want a service to run. `maybe`: one of them was cut short. */
export type Wanted = 'yes' | 'no' | 'maybe';

/** Times of `/proc/uptime` in milliseconds, `to` open while it lasts. */
export interface Span {
  readonly fromMs: number;
  toMs: number | undefined;
}

export interface SentSignal {
  readonly pid: number;
  readonly token: string;
  readonly signal: string;
}

/** What the suite itself did to the world: the checks ask it before they call something a fault. */
export interface Deeds {
  readonly signals: SentSignal[];
  /** The PM2 daemon was dead or stopped, or may have been: from the signal to the end of the step. */
  readonly daemonLapses: Span[];
  readonly fullDisks: Span[];
  readonly wanted: Map<ServiceName, Wanted>;
  /** Since a restore, the flight recorder knows nothing of what was before. */
  historyFromMs: number;
  /** When a command was killed last: PM2 goes on to end what it had been told to end. */
  commandKilledAtMs: number;
}

export function noDeeds(): Deeds {
  return {
    signals: [],
    daemonLapses: [],
    fullDisks: [],
    wanted: new Map(SERVICES.map((service) => [service, 'no'])),
    historyFromMs: uptimeMs(),
    commandKilledAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** Opens a span that lasts until `close` is called. */
export function openSpan(spans: Span[]): { readonly close: () => void } {
  const span: Span = { fromMs: uptimeMs(), toMs: undefined };
  spans.push(span);
  return {
    close: () => {
      span.toMs = uptimeMs();
    },
  };
}

/** Whether a moment lies in one of the spans, with a margin on both sides. */
export function isWithin(spans: readonly Span[], atMs: number, marginMs: number): boolean {
  return spans.some(
    (span) => atMs >= span.fromMs - marginMs && atMs <= (span.toMs ?? Number.POSITIVE_INFINITY) + marginMs,
  );
}
