import Big from 'big.js';
import type { Candle, SeriesKey } from './candle.js';

/** Either the candle, or what is wrong with the line in words. */
export type CsvRow =
  | { readonly kind: 'candle'; readonly candle: Candle }
  | { readonly kind: 'fault'; readonly fault: string };

const COLUMNS = 'unix seconds, open, high, low, close, volume, trades';
/** Kraken's files write round volumes with an exponent: `1E+1`. */
const DECIMAL = /^\d+(\.\d+)?(E[+-]?\d{1,3})?$/i;

/**
 * Parses one line of Kraken's OHLCVT files (https://support.kraken.com, "Downloadable historical OHLCVT data").
 *
 * @param afterMs Open time of the row before; a row that is not later is a fault.
 */
export function parseOhlcvtRow(line: string, series: SeriesKey, afterMs: number | undefined): CsvRow {
  const fields = line.split(',').map((field) => field.trim());
  const [time, open, high, low, close, volume, trades] = fields;
  if (fields.length !== 7 || trades === undefined) return fault(`${fields.length} columns instead of 7 (${COLUMNS})`);
  if (!isCount(time) || Number(time) > MAX_UNIX_S) return fault(`time "${time}" is not a number of unix seconds`);
  if (!isCount(trades)) return fault(`trades "${trades}" is not a whole number`);
  if (!isDecimal(open) || !isDecimal(high) || !isDecimal(low) || !isDecimal(close) || !isDecimal(volume)) {
    return fault(`open, high, low, close or volume is not a decimal number: "${fields.slice(1, 6).join(',')}"`);
  }
  const openAtMs = Number(time) * 1_000;
  if (afterMs !== undefined && openAtMs <= afterMs)
    return fault(`time ${time} is not after the row before (${afterMs / 1_000})`);
  const money = { open: plain(open), high: plain(high), low: plain(low), close: plain(close) };
  if (!isInRange(money)) return fault(`high ${high} and low ${low} do not enclose open ${open} and close ${close}`);
  const asOfMs = openAtMs + series.intervalS * 1_000;
  const { symbol, intervalS, source } = series;
  const candle = {
    symbol,
    intervalS,
    source,
    openAtMs,
    ...money,
    volume: plain(volume),
    trades: Number(trades),
    asOfMs,
  };
  return { kind: 'candle', candle };
}

/** Year 2100: catches a file with milliseconds. */
const MAX_UNIX_S = 4_102_444_800;

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,15}$/.test(text);
}

function isDecimal(text: string | undefined): text is string {
  return text !== undefined && DECIMAL.test(text);
}

/** The same number without an exponent, digits otherwise as they came: `1E+1` becomes `10`, `122.0` stays. */
function plain(text: string): string {
  return /e/i.test(text) ? new Big(text).toFixed() : text;
}

/** Floats do for an order that is not strict: rounding never turns a smaller decimal into a larger one. */
function isInRange({ open, high, low, close }: Pick<Candle, 'open' | 'high' | 'low' | 'close'>): boolean {
  const [bottom, top] = [Number(low), Number(high)];
  return [open, close].every((price) => Number(price) <= top && Number(price) >= bottom) && bottom > 0;
}

function fault(text: string): CsvRow {
  return { kind: 'fault', fault: text };
}
