import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesKey, StoredCandle } from '../../../src/service/market/candle.js';
import type { CollectorEvent } from '../../../src/service/market/collector.js';
import { candleReport } from '../../../src/services/market-data/candle-report.js';
import { virtualWorld } from './rig.js';

const SERIES: SeriesKey = { symbol: 'XBTUSD', intervalS: 60, source: 'sim:1' };
const LAST: StoredCandle = {
  ...{ ...SERIES, openAtMs: 1_000_000, open: '1.0', high: '2.0', low: '1.0', close: '1.5', volume: '1' },
  ...{ trades: 1, asOfMs: 1_060_000, seq: 301, generation: 1 },
};
const DETAIL = {
  ...{ symbol: 'XBTUSD', intervalS: 60, source: 'sim:1', label: 'SIMULATED (seed 1)', simulated: true },
  ...{ lastPrice: '1.5', lastCandleAtMs: 1_060_000, candles: 301 },
};
const TROUBLE: CollectorEvent = { kind: 'trouble', error: new Error('Kraken timeout: no reply'), retryInMs: 1_000 };
const STORED: CollectorEvent = { kind: 'stored', inserted: 1, last: LAST, total: 301 };

/** What a service would have reported for these events. */
function report(events: readonly CollectorEvent[], expectEveryMs = 60_000): unknown[] {
  const calls: unknown[] = [];
  const service = {
    state: (...call: unknown[]) => void calls.push(['state', ...call]),
    progress: (...call: unknown[]) => void calls.push(['progress', ...call]),
    log: virtualWorld(0).log,
  };
  const onEvent = candleReport(service, { series: SERIES, expectEveryMs });
  for (const event of events) onEvent(event);
  return calls;
}

test('market-data is scanning while it collects, and moves progress only for stored candles', () => {
  assert.deepEqual(report([{ kind: 'collecting', last: LAST, total: 301 }, { kind: 'quiet' }, STORED]), [
    ['state', 'scanning', { detail: DETAIL }],
    ['progress', 'candle', { withinMs: 180_000, detail: DETAIL }],
  ]);
});

test('market-data gives a candle at least 90 s, however short the interval', () => {
  assert.deepEqual(report([STORED], 2_000), [['progress', 'candle', { withinMs: 90_000, detail: DETAIL }]]);
});

test('market-data is in error while the source fails, without progress, and scanning when it answers again', () => {
  const error = ['state', 'error', { reason: 'Kraken timeout: no reply' }];
  assert.deepEqual(report([TROUBLE, TROUBLE, { kind: 'quiet' }, { kind: 'quiet' }]), [
    error,
    error,
    ['state', 'scanning'],
  ]);
  assert.deepEqual(report([TROUBLE, STORED]).slice(0, 2), [error, ['state', 'scanning']]);
});

test('market-data is idle while another process collects', () => {
  assert.deepEqual(report([{ kind: 'standby' }]), [
    ['state', 'idle', { reason: 'another process collects the candles' }],
  ]);
});

test('market-data is idle after a replay, and nothing more is expected of it', () => {
  assert.deepEqual(report([{ kind: 'finished', last: LAST, total: 50_378 }]), [
    ['progress', 'candle', { withinMs: 0, detail: { ...DETAIL, candles: 50_378 } }],
    ['state', 'idle', { reason: 'replay finished: 50,378 candles' }],
  ]);
});
