import { Big } from 'big.js';
import { formatDuration } from '../../core/duration.js';

/** Below this a price needs its own precision: 0.00001234 must not become 0.00. */
const SMALL_PRICE = 1;

/** `now`, `4s ago`, `4m 12s ago`: whole seconds, so that a ticking page stays calm. The page's script writes the same words. */
export function formatAge(ageMs: number): string {
  if (ageMs < 1_000) return 'now';
  const seconds = Math.floor(ageMs / 1_000);
  return `${seconds < 10 ? `${seconds}s` : formatDuration(ageMs)} ago`;
}

/** `17:39:49` in UTC. */
export function formatClock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

/** `2026-09-10 17:39` in UTC. */
export function formatMinute(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** `85,624.20`; six significant digits below one. Text that is no number comes back as it is: nothing is hidden. */
export function formatPrice(decimal: string): string {
  const value = parseDecimal(decimal);
  if (value === undefined) return decimal;
  return value.abs().lt(SMALL_PRICE) && !value.eq(0)
    ? trimZeros(value.round(8).toFixed())
    : groupThousands(value.toFixed(2));
}

/** `9,879.92`, `-0.50`: an amount of the account, to the cent. */
export function formatMoney(decimal: string): string {
  const value = parseDecimal(decimal);
  return value === undefined ? decimal : groupThousands(value.toFixed(2));
}

/** `0.0123` or `1,250`: up to eight decimals, no zeros at the end. */
export function formatQuantity(decimal: string): string {
  const value = parseDecimal(decimal);
  return value === undefined ? decimal : groupThousands(trimZeros(value.toFixed(8)));
}

/** The number behind a decimal string, `undefined` when it is none. */
export function parseDecimal(decimal: string): Big | undefined {
  try {
    return new Big(decimal);
  } catch {
    // big.js throws on anything that is not a plain number; the caller decides what to show instead.
    return undefined;
  }
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function groupThousands(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
