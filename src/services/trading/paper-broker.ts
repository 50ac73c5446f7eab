import { type Account, equityAt } from './account.js';
import { type Amount, Money, roundDown, roundUp, toText } from './money.js';

/** All decimal strings. A basis point is a hundredth of a percent. */
export interface BrokerRules {
  /** Share of the traded cost, 40 for Kraken's base taker fee of 0.40 %. */
  readonly feeBps: string;
  /** How much worse than the close a market order fills. */
  readonly slippageBps: string;
  /** Share of equity that one buy may use, fee included: above 0, at most 1. */
  readonly tradeFraction: string;
  /** Smallest quantity and cost that the exchange takes (Kraken's `ordermin` and `costmin`). */
  readonly minQuantity: string;
  readonly minCost: string;
}

export interface Fill {
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly quantity: string;
  /** Price times quantity, without the fee. */
  readonly cost: string;
  readonly fee: string;
}

/** A filled market order and the account after it, or why the exchange would have refused. */
export type OrderOutcome =
  | { readonly kind: 'filled'; readonly fill: Fill; readonly account: Account }
  | { readonly kind: 'rejected'; readonly quantity: string; readonly reason: string };

const BPS = '10000';

/** Cost and fee are each rounded up by less than 0.00000001; kept back, they cannot take cash below zero. */
const ROUNDING_RESERVE = '0.00000003';

/**
 * Buys for a fraction of equity at the close plus slippage. Pure.
 *
 * Every rounding is against the account (price, cost and fee up, quantity down), and cash never goes below zero.
 */
export function buyAtClose(account: Account, close: string, rules: BrokerRules): OrderOutcome {
  const price = roundUp(Money(close).times(bpsFactor(rules.slippageBps)));
  const spendable = Money(account.cash).minus(ROUNDING_RESERVE);
  const wanted = Money(equityAt(account, close)).times(rules.tradeFraction);
  const budget = wanted.gt(spendable) ? spendable : wanted;
  const quantity = roundDown(budget.div(price.times(bpsFactor(rules.feeBps))));
  const cost = roundUp(price.times(quantity));
  const refusal = refuse(quantity, cost, rules);
  if (refusal !== undefined) return { kind: 'rejected', quantity: toText(quantity), reason: refusal };
  const fee = feeOf(cost, rules);
  const paid = cost.plus(fee);
  return {
    kind: 'filled',
    fill: toFill('buy', price, quantity, cost, fee),
    account: {
      ...account,
      cash: toText(Money(account.cash).minus(paid)),
      quantity: toText(Money(account.quantity).plus(quantity)),
      cost: toText(Money(account.cost).plus(paid)),
    },
  };
}

/** Sells the whole position at the close minus slippage. Pure; rounds against the account like `buyAtClose`. */
export function sellAtClose(account: Account, close: string, rules: BrokerRules): OrderOutcome {
  const quantity = Money(account.quantity);
  const price = roundDown(Money(close).times(bpsFactor(`-${rules.slippageBps}`)));
  const cost = roundDown(price.times(quantity));
  const refusal = refuse(quantity, cost, rules);
  if (refusal !== undefined) return { kind: 'rejected', quantity: toText(quantity), reason: refusal };
  const fee = feeOf(cost, rules);
  const received = cost.minus(fee);
  return {
    kind: 'filled',
    fill: toFill('sell', price, quantity, cost, fee),
    account: {
      cash: toText(Money(account.cash).plus(received)),
      quantity: '0',
      cost: '0',
      realized: toText(Money(account.realized).plus(received.minus(account.cost))),
    },
  };
}

function feeOf(cost: Amount, rules: BrokerRules): Amount {
  return roundUp(cost.times(rules.feeBps).div(BPS));
}

/** `1 + bps / 10000`, for a signed number of basis points. */
function bpsFactor(bps: string): Amount {
  return Money(bps).div(BPS).plus('1');
}

function refuse(quantity: Amount, cost: Amount, rules: BrokerRules): string | undefined {
  if (quantity.lt(rules.minQuantity)) return `quantity ${toText(quantity)} is below the minimum ${rules.minQuantity}`;
  if (cost.lt(rules.minCost)) return `cost ${toText(cost)} is below the minimum ${rules.minCost}`;
  return undefined;
}

function toFill(side: Fill['side'], price: Amount, quantity: Amount, cost: Amount, fee: Amount): Fill {
  return { side, price: toText(price), quantity: toText(quantity), cost: toText(cost), fee: toText(fee) };
}
