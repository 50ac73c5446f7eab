import { SMA } from 'trading-signals';

export interface CrossoverParams {
  /** Candles of the fast average, fewer than of the slow one. */
  readonly fast: number;
  readonly slow: number;
}

/** What the strategy wants after one closed candle. `indicators` are absent while it is warming up. */
export interface Decision {
  readonly action: 'buy' | 'sell' | 'hold';
  /** In words and numbers, for the ledger and the operator. */
  readonly reason: string;
  readonly indicators?: { readonly fast: number; readonly slow: number };
}

/** Names the strategy and its parameters in the ledger: `sma-cross-10-30`. */
export function strategyName({ fast, slow }: CrossoverParams): string {
  return `sma-cross-${fast}-${slow}`;
}

/**
 * How many of the latest closes a decision needs: the slow window, and one more for the averages before this candle.
 *
 * Simple averages, not exponential ones: their value is a function of this window alone, so an engine warmed from the
 * last `warmUp` candles decides exactly as one that never stopped. An exponential average remembers every candle.
 */
export function warmUp({ slow }: CrossoverParams): number {
  return slow + 1;
}

/**
 * Decides after a closed candle. Pure, and blind to everything but the last `warmUp(params)` closes.
 *
 * Buys when flat and the fast average crosses above the slow one. Sells when holding and the fast average is below:
 * the state, not the crossing, so that an exit missed while nobody was looking is made up for.
 *
 * @param closes Oldest first, the candle to decide on last. Indicators are estimates, so binary numbers do.
 */
export function decide(closes: readonly number[], holding: boolean, params: CrossoverParams): Decision {
  const needed = warmUp(params);
  if (closes.length < needed) {
    return { action: 'hold', reason: `warming up: ${closes.length} of ${needed} candles` };
  }
  const fast = lastTwoAverages(closes, params.fast);
  const slow = lastTwoAverages(closes, params.slow);
  const indicators = { fast: fast.now, slow: slow.now };
  const crossedAbove = fast.before <= slow.before && fast.now > slow.now;
  const numbers = `fast ${formatPrice(fast.now)}, slow ${formatPrice(slow.now)}`;
  if (!holding && crossedAbove)
    return { action: 'buy', reason: `fast average crossed above slow: ${numbers}`, indicators };
  if (holding && fast.now < slow.now)
    return { action: 'sell', reason: `fast average fell below slow: ${numbers}`, indicators };
  return { action: 'hold', reason: `${holding ? 'holding' : 'no crossing'}: ${numbers}`, indicators };
}

/**
 * The average over the last `period` closes, and over the `period` before the newest.
 *
 * A new indicator each time: whether or not the library keeps a running sum, nothing older can leave a rounding trace.
 */
function lastTwoAverages(closes: readonly number[], period: number): { before: number; now: number } {
  const [before, now] = new SMA(period).updates(closes.slice(-period - 1)).slice(-2);
  if (typeof before !== 'number' || typeof now !== 'number') throw new Error(`SMA(${period}) gave no value`);
  return { before, now };
}

/** Eight significant digits, for reading: enough for any price, and without binary noise. */
function formatPrice(price: number): string {
  return String(Number(price.toPrecision(8)));
}
