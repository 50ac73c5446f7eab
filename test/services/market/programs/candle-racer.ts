import type { Candle } from '../../../../src/service/market/candle.js';
import { openCandleStore } from '../../../../src/service/market/candle-store.js';

// Argument 1: market.db. Inserts the same 400 candles as everybody else, claiming the file anew whenever it is fenced.
const store = openCandleStore(process.argv[2] ?? '');
let generation = store.claim(`racer ${process.pid}`);
let fenced = 0;
for (let index = 0; index < 400; ) {
  const openAtMs = 1_600_000_000_000 + index * 60_000;
  const money = { open: '1', high: '1', low: '1', close: String(index + 1), volume: '1' };
  const key = { symbol: 'XBTUSD', intervalS: 60, source: 'kraken' };
  const candle: Candle = { ...key, ...money, openAtMs, trades: 1, asOfMs: openAtMs + 60_000 };
  if (store.insert([candle], generation).kind === 'stored') index += 1;
  else {
    fenced += 1;
    generation = store.claim(`racer ${process.pid}`);
  }
}
store.close();
process.stdout.write(`done, fenced ${fenced} times\n`);
