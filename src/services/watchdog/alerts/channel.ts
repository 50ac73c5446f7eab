import type { Alert } from '../../../core/alert.js';

/** A message as a channel gets it. */
export interface Outgoing {
  readonly alert: Alert;
  /** How many messages it stands for. */
  readonly count: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** An earlier attempt may have arrived. */
  readonly isRepeat: boolean;
}

/** How one attempt ended. `error` holds no secret: it is shown and stored. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'retry';
      readonly error: string;
      /** The receiver may have it all the same. */
      readonly isUncertain: boolean;
      /** The server asked to be left alone for so long: by everybody, whatever the message. */
      readonly holdMs?: number;
    }
  /** It will never be taken like this: an operator has to look. */
  | { readonly kind: 'dead'; readonly error: string };

/** One way out. `send` never rejects: how it ended is an outcome. */
export interface Sender {
  /** So many messages go as one. */
  readonly maxBatch: number;
  /** At most one attempt in this time. */
  readonly minGapMs: number;
  /** By then `send` has ended, whatever happens. */
  readonly deadlineMs: number;
  readonly send: (messages: readonly Outgoing[]) => Promise<DeliveryOutcome>;
}

/** Variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;
