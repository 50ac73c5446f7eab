import type { RunState } from './service.js';
import type { StateReport, StatusLink } from './status-link.js';

/** Decides which state and reason go on record as a service runs and ends. */
export interface StatusReporter {
  state(report: StateReport & { readonly state: RunState }): void;
  /** A stop on purpose. It is on record before any hook runs, for a shutdown may be killed half-way. */
  stopping(reason: string, exitCode: number): void;
  stopped(reason: string): void;
  crashed(reason: string): void;
  /** `process.exit(code)` with a code other than 0, or an exit code that was set. */
  exited(exitCode: number): void;
}

/** The reason of a stop on purpose is terminal: nothing that happens on the way down replaces it. */
export function createReporter(status: Pick<StatusLink, 'state'>): StatusReporter {
  let last: StateReport = { state: 'starting' };
  let terminalReason: string | undefined;
  const report = (next: StateReport) => {
    last = next;
    status.state(next);
  };
  return {
    state: report,
    stopping(reason, exitCode) {
      terminalReason = reason;
      report({ state: exitCode === 0 ? last.state : 'error', reason });
    },
    // After an `error` the table keeps that reason (see `writeState`).
    stopped: (reason) => report({ state: 'stopped', reason: terminalReason ?? reason }),
    crashed: (reason) => report({ state: 'error', reason: terminalReason ?? reason }),
    exited(exitCode) {
      const known = terminalReason ?? (last.state === 'error' ? last.reason : undefined);
      report({ state: 'error', reason: known ?? `exited with code ${exitCode}` });
    },
  };
}
