import Big from 'big.js';

/** Decimals of every amount and quantity: Kraken's `lot_decimals`, and finer than any quote currency. */
export const AMOUNT_DECIMALS = 8;

const ROUND_DOWN = 0;
const ROUND_UP = 3;

/** Exact decimals for money. Strict: a JavaScript number is refused, so no binary fraction can slip in. */
export const Money = Big();
Money.strict = true;
/** Division alone is inexact; 20 decimals leave the last of 8 undisturbed before we round on purpose. */
Money.DP = 20;

export type Amount = InstanceType<typeof Big>;

/** What we pay: rounded up to 8 decimals, so that rounding never favours the account. */
export function roundUp(amount: Amount): Amount {
  return amount.round(AMOUNT_DECIMALS, ROUND_UP);
}

/** What we get or hold: rounded down to 8 decimals. */
export function roundDown(amount: Amount): Amount {
  return amount.round(AMOUNT_DECIMALS, ROUND_DOWN);
}

/** Plain notation without an exponent or trailing zeros: `0.00000001`, `10000`. */
export function toText(amount: Amount): string {
  return amount.toFixed();
}
