import { Money, roundDown, roundUp, toText } from './money.js';

/** Cash and position of one paper account. Decimal strings; `cost` is what the held quantity cost, fees included. */
export interface Account {
  readonly cash: string;
  readonly quantity: string;
  readonly cost: string;
  /** Sum of profits and losses of what was sold, fees included. */
  readonly realized: string;
}

/** A new account: all cash, no position. */
export function emptyAccount(startingCash: string): Account {
  return { cash: startingCash, quantity: '0', cost: '0', realized: '0' };
}

export function isHolding(account: Account): boolean {
  return Money(account.quantity).gt('0');
}

/** Cash plus the position valued at `price`, rounded down to 8 decimals. */
export function equityAt(account: Account, price: string): string {
  return toText(roundDown(Money(account.cash).plus(Money(account.quantity).times(price))));
}

/** Entry price per unit with the fee in it, rounded up; `undefined` when flat. */
export function averagePrice(account: Account): string | undefined {
  if (!isHolding(account)) return undefined;
  return toText(roundUp(Money(account.cost).div(account.quantity)));
}
