/** Whether candles of this source were made up. Whatever shows them has to say so, with `sourceLabel`. */
export function isSimulated(source: string): boolean {
  return source.startsWith('sim:');
}

/** A source in words for people: `SIMULATED (seed 1)`, `REPLAY of XBTUSD_60.csv.gz`, `Kraken`. */
export function sourceLabel(source: string): string {
  if (isSimulated(source)) return `SIMULATED (seed ${source.slice('sim:'.length)})`;
  if (source.startsWith('replay:')) return `REPLAY of ${source.slice('replay:'.length)}`;
  return source === 'kraken' ? 'Kraken' : source;
}
