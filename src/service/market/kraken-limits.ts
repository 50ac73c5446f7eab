/** How gently and how patiently Kraken is asked. */
export interface KrakenLimits {
  /** Least time between two requests. Kraken's public limit is about one per second and IP. */
  readonly minGapMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** After a rate-limit reply nothing is asked for this long. */
  readonly rateLimitPauseMs: number;
  /** A call that would have to wait longer for its turn fails at once, so that the operator sees why. */
  readonly maxWaitMs: number;
  /** So many failures in a row open the circuit … */
  readonly breakAfter: number;
  /** … and after this long one request tries whether Kraken is back. */
  readonly halfOpenAfterMs: number;
}

/** A poll asks up to four times; two such polls in a row, about half a minute, open the circuit. */
export const KRAKEN_LIMITS: KrakenLimits = {
  minGapMs: 1_000,
  timeoutMs: 10_000,
  retries: 3,
  firstBackoffMs: 500,
  maxBackoffMs: 8_000,
  rateLimitPauseMs: 5_000,
  maxWaitMs: 20_000,
  breakAfter: 8,
  halfOpenAfterMs: 30_000,
};
