import type { Verdict } from './verdict.js';

/** What one message tells. It is the JSON body of a webhook and the standard input of a command, with `schemaVersion`. */
export interface Alert {
  /** Names this message for ever: a receiver that sees it twice may drop the second. */
  readonly id: string;
  readonly kind: 'alert' | 'recovery' | 'test';
  readonly stack: string;
  readonly host: string;
  /** `trading`, `web-1`; `disk` and `pm2` for what concerns the whole stack. */
  readonly subject: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The next command to type, when there is something to do. */
  readonly next: string | null;
  /** Since when the verdict holds, and when this was written; epoch milliseconds. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** What was told before: for a recovery, what is over. */
  readonly previous: Verdict | null;
  /** How often the subject went bad since `episodesSinceMs`; 1 unless it flaps. */
  readonly episodes: number;
  readonly episodesSinceMs: number;
  /** Messages that could not be delivered before this one and that it stands for, oldest first, the newest few of them. */
  readonly earlier: readonly EarlierAlert[];
}

/** What is left of a message that a newer one of the same subject replaced while it waited. */
export type EarlierAlert = Pick<Alert, 'kind' | 'verdict' | 'reason' | 'atMs'>;

/** So many are kept: a long outage must not make a message that no channel takes. */
const MAX_EARLIER = 5;

/** The newer message, which tells what the one that still waited would have told. */
export function mergeAlerts(waiting: Alert, newer: Alert): Alert {
  const { kind, verdict, reason, atMs } = waiting;
  return {
    ...newer,
    earlier: [...waiting.earlier, { kind, verdict, reason, atMs }, ...newer.earlier].slice(-MAX_EARLIER),
  };
}
