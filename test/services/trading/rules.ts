import type { TradingRules } from '../../../src/services/trading/evaluate.js';

/** Short averages, so that the swings lead to many trades. */
export const RULES: TradingRules = {
  crossover: { fast: 3, slow: 8 },
  broker: { feeBps: '40', slippageBps: '5', tradeFraction: '0.5', minQuantity: '0.00005', minCost: '0.5' },
};
