import type { Alert } from './alert.js';

/** One message on its way through one channel, as it is shown. */
export interface AlertEntry {
  readonly alert: Alert;
  readonly channel: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly createdAtMs: number;
  /** How many messages it stands for. */
  readonly count: number;
  readonly attempts: number;
  /** When it goes again; of a pending one. */
  readonly nextAtMs: number;
  readonly lastError: string | null;
  readonly settledAtMs: number | null;
}

export interface AlertsView {
  /** Kinds of the channels of the manifest. */
  readonly channels: readonly string[];
  /** Quiet hours hold, and end then. */
  readonly quietUntilMs: number | undefined;
  /** Those that wait first, then those given up, then the newest that arrived. */
  readonly entries: readonly AlertEntry[];
  /** A watchdog is there to deliver. */
  readonly isWatched: boolean;
}

/** How a test message through one channel ended. */
export interface TestResult {
  readonly channel: string;
  readonly ok: boolean;
  readonly error: string | null;
}

/** What an operator has to know of: messages that no channel took so far. One message through two channels counts twice. */
export interface UndeliveredAlerts {
  readonly count: number;
  /** Of them, those that were given up. */
  readonly dead: number;
  /** Of the newest: `telegram` and `403 Forbidden: bot was blocked by the user`. */
  readonly channel: string;
  readonly error: string;
  readonly oldestAtMs: number;
}
