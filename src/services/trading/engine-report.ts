import type { Service } from '../../service/service.js';
import type { EngineDetail } from './engine-detail.js';

type Activity = 'scanning' | 'idle' | 'error';

/** Tells the status table what the engine does, and writes no more often than there is something to tell. */
export interface EngineReport {
  /** A change of state or reason is written at once, a repetition not at all. */
  now(state: Activity, reason: string | undefined, detail: EngineDetail): void;
  /** One finished cycle. Cycles that `changed` nothing are counted together, so that polling does not wear the disk. */
  cycle(detail: EngineDetail, changed: boolean): void;
}

/** A finished cycle is due this often. Empty cycles count too: the engine did look. */
const PROGRESS_WITHIN_MS = 90_000;
const QUIET_REPORT_EVERY_MS = 5_000;

export function engineReport(service: Pick<Service, 'state' | 'progress' | 'now'>): EngineReport {
  let told = '';
  let reportedAtMs = -Infinity;
  return {
    now(state, reason, detail) {
      const telling = `${state}: ${reason ?? ''}`;
      if (telling === told) return;
      told = telling;
      service.state(state, reason === undefined ? { detail } : { reason, detail });
    },
    cycle(detail, changed) {
      const nowMs = service.now();
      // The clock may have been set back: then report rather than wait for it.
      const isDue = nowMs - reportedAtMs >= QUIET_REPORT_EVERY_MS || nowMs < reportedAtMs;
      if (!changed && !isDue) return;
      reportedAtMs = nowMs;
      service.progress('cycle', { withinMs: PROGRESS_WITHIN_MS, detail });
    },
  };
}
