import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSimulated, sourceLabel } from '../../../src/service/market/source-label.js';

test('only simulated sources count as simulated, and their label says so in capitals', () => {
  assert.equal(isSimulated('sim:7'), true);
  assert.equal(sourceLabel('sim:7'), 'SIMULATED (seed 7)');
  assert.equal(isSimulated('kraken'), false);
  assert.equal(sourceLabel('kraken'), 'Kraken');
  assert.equal(isSimulated('replay:sim:.csv'), false);
  assert.equal(sourceLabel('replay:XBTUSD_60.csv.gz'), 'REPLAY of XBTUSD_60.csv.gz');
});
