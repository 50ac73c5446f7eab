import { z } from 'zod';
import type { TradingRules } from './evaluate.js';
import { Money } from './money.js';

const DECIMAL = /^\d{1,15}(\.\d{1,8})?$/;

const decimal = (isValid: (value: InstanceType<typeof Money>) => boolean, expected: string) =>
  z.string().refine((text) => DECIMAL.test(text) && isValid(Money(text)), `expected ${expected}`);

const positive = decimal((value) => value.gt('0'), 'a decimal above 0 with at most 8 decimals');
/** Below 10,000, where a sale would bring nothing. */
const basisPoints = decimal(
  (value) => value.lt('10000'),
  'basis points (hundredths of a percent) from 0 to below 10000',
);
const fraction = decimal((value) => value.gt('0') && value.lte('1'), 'a decimal above 0 and at most 1');
const period = z.coerce.number().int().min(1).max(5_000);
const milliseconds = (from: number) => z.coerce.number().int().min(from).max(600_000);

/** The variables of trading, apart from those of the feed. */
export const tradingEnvSchema = z
  .object({
    /** Live trading does not exist yet, and nobody may believe that it does. */
    PAPER_MODE: z.literal('true', 'trading is on paper only: leave it unset, or "true"').default('true'),
    FAST: period.default(10),
    SLOW: period.default(30),
    STARTING_CASH: positive.default('10000'),
    PAPER_FEE_BPS: basisPoints.default('40'),
    PAPER_SLIPPAGE_BPS: basisPoints.default('5'),
    TRADE_FRACTION: fraction.default('0.5'),
    PAPER_MIN_SIZE: positive.default('0.00005'),
    PAPER_MIN_COST: positive.default('0.5'),
    TRADING_POLL_MS: milliseconds(50).default(500),
    TRADING_LEASE_TTL_MS: milliseconds(500).default(5_000),
  })
  .refine((env) => env.FAST < env.SLOW, { path: ['FAST'], message: 'expected fewer candles than SLOW' });

export type TradingEnv = z.output<typeof tradingEnvSchema>;

export function tradingRules(env: TradingEnv): TradingRules {
  return {
    crossover: { fast: env.FAST, slow: env.SLOW },
    broker: {
      feeBps: env.PAPER_FEE_BPS,
      slippageBps: env.PAPER_SLIPPAGE_BPS,
      tradeFraction: env.TRADE_FRACTION,
      minQuantity: env.PAPER_MIN_SIZE,
      minCost: env.PAPER_MIN_COST,
    },
  };
}
