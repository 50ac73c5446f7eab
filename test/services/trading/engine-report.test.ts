import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { emptyAccount } from '../../../src/services/trading/account.js';
import { engineDetail } from '../../../src/services/trading/engine-detail.js';
import { passingFault } from '../../../src/services/trading/engine-faults.js';
import { engineReport } from '../../../src/services/trading/engine-report.js';
import { SERIES } from './rig.js';

const DETAIL = engineDetail(
  { ...SERIES, source: 'sim:7' },
  { cursor: { seq: 0, seqOpenAtMs: 0, evaluated: 0 }, closes: [], account: emptyAccount('10000') },
  0,
);

function recorder() {
  const written: string[] = [];
  const clock = { nowMs: 1_000_000 };
  const report = engineReport({
    now: () => clock.nowMs,
    state: (state, more) => void written.push(`${state} ${more?.reason ?? ''}`.trim()),
    progress: (name, more) => void written.push(`${name} within ${more?.withinMs}`),
  });
  return { written, clock, report };
}

test('before its first candle the engine shows a simulated source as such, cash for equity, and no price', () => {
  assert.deepEqual(DETAIL, {
    symbol: 'XBTUSD',
    source: 'sim:7',
    label: 'SIMULATED (seed 7)',
    simulated: true,
    lastPrice: null,
    position: '0',
    cash: '10000',
    equity: '10000',
    lastCandleAtMs: null,
    lastDecision: null,
    trades: 0,
    evaluated: 0,
  });
});

test('a state is written when it or its reason changes, and not again', () => {
  const { report, written } = recorder();
  report.now('idle', 'a', DETAIL);
  report.now('idle', 'a', DETAIL);
  report.now('idle', 'b', DETAIL);
  report.now('scanning', undefined, DETAIL);
  assert.deepEqual(written, ['idle a', 'idle b', 'scanning']);
});

test('a cycle that changed something is written at once, quiet ones every five seconds', () => {
  const { report, written, clock } = recorder();
  report.cycle(DETAIL, false);
  report.cycle(DETAIL, false);
  assert.deepEqual(written, ['cycle within 90000']);
  report.cycle(DETAIL, true);
  assert.equal(written.length, 2);
  clock.nowMs += 4_999;
  report.cycle(DETAIL, false);
  assert.equal(written.length, 2);
  clock.nowMs += 1;
  report.cycle(DETAIL, false);
  assert.equal(written.length, 3);
});

test('quiet cycles go on being written when the clock is set back', () => {
  const { report, written, clock } = recorder();
  report.cycle(DETAIL, false);
  clock.nowMs -= 3_600_000;
  report.cycle(DETAIL, false);
  assert.equal(written.length, 2);
});

test('a locked file can pass, a broken constraint or a bug cannot', () => {
  assert.match(passingFault(new Database.SqliteError('database is locked', 'SQLITE_BUSY')) ?? '', /^SQLITE_BUSY: /);
  assert.match(passingFault(new Database.SqliteError('full', 'SQLITE_FULL')) ?? '', /full/);
  assert.equal(passingFault(new Database.SqliteError('unique', 'SQLITE_CONSTRAINT_UNIQUE')), undefined);
  assert.equal(passingFault(new TypeError('x is undefined')), undefined);
});
