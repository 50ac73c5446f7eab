import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderChart } from '../../../src/services/website/chart.js';
import type { MarketView } from '../../../src/services/website/site-snapshot.js';

const MINUTE_MS = 60_000;

function market(points: readonly (readonly [minute: number, close: string])[]): MarketView {
  return {
    symbol: 'XBTUSD',
    source: 'kraken',
    intervalMs: MINUTE_MS,
    points: points.map(([minute, close]) => ({ openAtMs: minute * MINUTE_MS, close })),
    lastObtainedAtMs: 0,
  };
}

function linesOf(view: MarketView): number {
  const path = /class="line" d="([^"]*)"/.exec(renderChart(view, []).toString())?.[1] ?? '';
  return path.split('M').length - 1;
}

test('the chart draws no line across missing candles', () => {
  assert.equal(
    linesOf(
      market([
        [0, '1'],
        [1, '2'],
        [2, '3'],
      ]),
    ),
    1,
  );
  assert.equal(
    linesOf(
      market([
        [0, '1'],
        [1, '2'],
        [5, '3'],
        [6, '4'],
      ]),
    ),
    2,
  );
});

test('one candle, a flat price and a close that is no number leave no broken drawing', () => {
  for (const points of [
    [[0, '5']],
    [
      [0, '5'],
      [1, '5'],
    ],
    [
      [0, 'x'],
      [1, '5'],
    ],
  ] as const) {
    assert.doesNotMatch(renderChart(market(points), []).toString(), /NaN|Infinity/);
  }
});
