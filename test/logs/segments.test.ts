import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderSegments, segmentPath } from '../../src/logs/segments.js';

test('a segment is named after the time of its rotation and its number', () => {
  const path = segmentPath('/logs/trading.log', Date.UTC(2026, 10, 22, 14, 45, 11, 999), 1);
  assert.equal(path, '/logs/trading.log.20261122T144511Z.000001');
});

test('segments are ordered by number even if the clock was set back', () => {
  const names = [
    'trading.log.20261122T144511Z.000003',
    'trading.log.20261122T144512Z.000002.gz',
    'trading.log',
    'trading.log.20261122T120000Z.000004',
  ];
  assert.deepEqual(orderSegments(names, 'trading.log'), [
    'trading.log.20261122T144512Z.000002.gz',
    'trading.log.20261122T144511Z.000003',
    'trading.log.20261122T120000Z.000004',
  ]);
});

test('segments of other rotators are known: the higher the number, the older', () => {
  const names = ['web.log.1', 'web.log.10.gz', 'web.log.2', 'web.log'];
  assert.deepEqual(orderSegments(names, 'web.log'), ['web.log.10.gz', 'web.log.2', 'web.log.1']);
});

test('a segment that is just being compressed counts once, as the file that is complete', () => {
  const names = ['a.log.20261122T144511Z.000001', 'a.log.20261122T144511Z.000001.gz'];
  assert.deepEqual(orderSegments(names, 'a.log'), ['a.log.20261122T144511Z.000001']);
});

test('other files are no segments', () => {
  const names = [
    'a.log.part',
    'a.log.20261122T144511Z.000001.part',
    'a.log.bak',
    'aa.log.1',
    'a.log1',
    'a.log.1.zip',
    'a.log.',
  ];
  assert.deepEqual(orderSegments(names, 'a.log'), []);
});
