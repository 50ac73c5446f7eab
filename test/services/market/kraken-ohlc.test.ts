import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { KrakenError, type KrakenErrorKind, krakenRefusal } from '../../../src/service/market/kraken-error.js';
import { parseOhlcReply } from '../../../src/service/market/kraken-ohlc.js';
import { MINUTE_SERIES, recording } from './rig.js';

const AS_OF_MS = 1_791_319_570_000;

test('a recorded reply, whose key is not the pair that was asked for, is read with all digits', (t) => {
  const path = recording(t, 'rest-ohlc-1m.json');
  if (path === undefined) return;
  const { candles, warnings } = parseOhlcReply(readFileSync(path, 'utf8'), MINUTE_SERIES, AS_OF_MS);
  assert.deepEqual(warnings, []);
  assert.equal(candles.length, 12);
  assert.deepEqual(candles[0], {
    ...{ symbol: 'XBTUSD', intervalS: 60, source: 'kraken', openAtMs: 1_791_318_900_000, asOfMs: AS_OF_MS },
    ...{ open: '85624.2', high: '85624.2', low: '85624.0', close: '85624.2', volume: '0.56478953', trades: 53 },
  });
  assert.deepEqual(
    candles.map((candle) => candle.openAtMs),
    Array.from({ length: 12 }, (_, index) => 1_791_318_900_000 + index * 60_000),
  );
});

const ROW = '[1791318900,"1.0","2.0","0.5","1.5","1.2","3",4]';

test('every key that Kraken uses for a pair is accepted', () => {
  for (const key of ['XXBTZUSD', 'XBTUSDT', 'BTC/USD']) {
    const body = `{"error":[],"result":{"${key}":[${ROW}],"last":1791318840}}`;
    assert.equal(parseOhlcReply(body, MINUTE_SERIES, AS_OF_MS).candles.length, 1);
  }
});

test('a warning beside a result is passed on, and an error beside one counts', () => {
  const warned = `{"error":["WGeneral:Danger"],"result":{"X":[${ROW}],"last":1}}`;
  assert.deepEqual(parseOhlcReply(warned, MINUTE_SERIES, AS_OF_MS).warnings, ['WGeneral:Danger']);
  const failed = `{"error":["WGeneral:Danger","EService:Busy"],"result":{"X":[${ROW}]}}`;
  assert.throws(() => parseOhlcReply(failed, MINUTE_SERIES, AS_OF_MS), isKind('unavailable'));
});

test('whatever is no OHLC reply is malformed, and its beginning is quoted', () => {
  const bodies = [
    '<!DOCTYPE html><html>',
    '',
    'null',
    '[]',
    '{"error":[]}',
    '{"error":"none","result":{}}',
    '{"error":[],"result":{"last":1}}',
    `{"error":[],"result":{"A":[${ROW}],"B":[${ROW}]}}`,
    '{"error":[],"result":{"A":{}}}',
    '{"error":[],"result":{"A":[[1791318900,1,2,0.5,1.5,1.2,3,4]]}}',
    '{"error":[],"result":{"A":[[1791318900,"1.0","2.0","0.5","1.5","1.2","3"]]}}',
    '{"error":[],"result":{"A":[[1791318900.5,"1.0","2.0","0.5","1.5","1.2","3",4]]}}',
    '{"error":[],"result":{"A":[[1791318900,"NaN","2.0","0.5","1.5","1.2","3",4]]}}',
  ];
  for (const body of bodies)
    assert.throws(() => parseOhlcReply(body, MINUTE_SERIES, AS_OF_MS), isKind('malformed'), body);
  assert.throws(() => parseOhlcReply('<!DOCTYPE html>', MINUTE_SERIES, AS_OF_MS), /15 characters .*<!DOCTYPE html>/);
});

test('Kraken errors are classed by what can be done about them', () => {
  const classes: Record<string, KrakenErrorKind> = {
    'EAPI:Rate limit exceeded': 'rate-limit',
    'EGeneral:Too many requests': 'rate-limit',
    'EService: Throttled: 1795000000': 'rate-limit',
    'EService:Unavailable': 'unavailable',
    'EService:Busy': 'unavailable',
    'EGeneral:Internal error': 'unavailable',
    'EGeneral:Invalid arguments': 'bad-request',
    'EQuery:Unknown asset pair': 'bad-request',
  };
  for (const [entry, kind] of Object.entries(classes)) {
    assert.equal(krakenRefusal(entry).kind, kind, entry);
    assert.ok(krakenRefusal(entry).message.includes(entry));
  }
  assert.equal(krakenRefusal('EService: Throttled: 1795000000').retryAtMs, 1_795_000_000_000);
});

function isKind(kind: KrakenErrorKind): (error: unknown) => boolean {
  return (error) => error instanceof KrakenError && error.kind === kind;
}
