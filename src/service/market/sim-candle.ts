import type { Candle, SeriesKey } from './candle.js';

/** What decides every number of a simulated series. */
export interface SimSeries extends SeriesKey {
  /** Integer from 0 to 2^32 - 1. */
  readonly seed: number;
  readonly tickMs: number;
}

/**
 * Waves that make up the price: their length in candles, and how far each moves it as a share of the mean.
 * Several lengths, so that averages of any common length cross each other now and then; bounded, so that the price
 * reverts to its mean and never needs to know its past.
 */
const OCTAVES = [
  { slots: 512, share: 0.05 },
  { slots: 128, share: 0.025 },
  { slots: 48, share: 0.014 },
  { slots: 16, share: 0.006 },
  { slots: 4, share: 0.0015 },
] as const;

/** One random stream per use of the hash, so that for example volume and wicks are independent. */
const STREAM = { mean: 100, upperWick: 101, lowerWick: 102, volume: 103, trades: 104 } as const;
const WICK_SHARE = 0.0012;

/**
 * The simulated candle of one slot (slot n opens at n × tickMs). Depends on nothing but seed and slot, so that it is
 * the same whoever makes it and whenever. Plain IEEE arithmetic without transcendental functions: the same on every
 * machine. Each candle opens at the close of the one before.
 */
export function simCandle(series: SimSeries, slot: number): Candle {
  const { seed } = series;
  const open = priceAt(seed, slot);
  const close = priceAt(seed, slot + 1);
  const upper = 1 + WICK_SHARE * random(seed, STREAM.upperWick, slot) ** 2;
  const lower = 1 - WICK_SHARE * random(seed, STREAM.lowerWick, slot) ** 2;
  const openAtMs = slot * series.tickMs;
  return {
    symbol: series.symbol,
    intervalS: series.intervalS,
    source: series.source,
    openAtMs,
    open: open.toFixed(1),
    high: (Math.max(open, close) * upper).toFixed(1),
    low: (Math.min(open, close) * lower).toFixed(1),
    close: close.toFixed(1),
    volume: (0.05 + 4 * random(seed, STREAM.volume, slot) ** 3).toFixed(8),
    trades: 1 + Math.floor(60 * random(seed, STREAM.trades, slot)),
    asOfMs: openAtMs + series.tickMs,
  };
}

/** Mean-reverting value noise: each octave glides between random levels that are fixed by seed and position alone. */
function priceAt(seed: number, slot: number): number {
  const mean = 40_000 + 40_000 * random(seed, STREAM.mean, 0);
  const moved = OCTAVES.map(({ slots, share }, octave) => share * glide(seed, octave, slot / slots));
  return mean * moved.reduce((total, part) => total + part, 1);
}

/** Smooth noise from -1 to 1. */
function glide(seed: number, stream: number, position: number): number {
  const left = Math.floor(position);
  const part = position - left;
  const eased = part * part * (3 - 2 * part);
  const from = 2 * random(seed, stream, left) - 1;
  const to = 2 * random(seed, stream, left + 1) - 1;
  return from + (to - from) * eased;
}

/** A number from 0 to 1 (exclusive) that is fixed by its three coordinates; `index` up to 2^53. */
function random(seed: number, stream: number, index: number): number {
  const high = Math.floor(index / 2 ** 32);
  return mix(mix(mix(mix(seed) ^ stream) ^ high) ^ index) / 2 ** 32;
}

/** Finaliser of MurmurHash3 after an odd step, so that 0 does not map to 0: every input bit changes about half the output. */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
