/** The one stream of decisions of a run: the same seed gives the same answers in the same order. */
export interface Random {
  /** From 0 inclusive to 1 exclusive. */
  readonly fraction: () => number;
  /** A whole number, both ends inclusive. */
  readonly whole: (from: number, to: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** At least one of them, in their order. */
  readonly some: <T>(items: readonly [T, ...T[]]) => readonly T[];
}

/** mulberry32: 32 bits of state are plenty for a few thousand decisions. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number): number => from + Math.floor(fraction() * (to - from + 1));
  const pick = <T>(items: readonly [T, ...T[]]): T => items[whole(0, items.length - 1)] ?? items[0];
  return {
    fraction,
    whole,
    chance: (share) => fraction() < share,
    pick,
    some: (items) => {
      const chosen = items.filter(() => fraction() < 0.5);
      return chosen.length > 0 ? chosen : [pick(items)];
    },
  };
}
