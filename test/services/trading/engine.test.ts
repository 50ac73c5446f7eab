import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pino from 'pino';
import type { Candle } from '../../../src/service/market/candle.js';
import { openCandleStore } from '../../../src/service/market/candle-store.js';
import { candleSource } from '../../../src/services/trading/candle-source.js';
import { type EngineEnd, runEngine } from '../../../src/services/trading/engine.js';
import { engineReport } from '../../../src/services/trading/engine-report.js';
import { openLedger } from '../../../src/services/trading/ledger.js';
import { countRows, dumpLedger, SERIES, swings, tempDir } from './rig.js';
import { RULES } from './rules.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const DEADLINE_MS = 30_000;

/** An engine on real files, with a clock that the test turns. */
function startEngine(t: TestContext, kind: 'sim' | 'replay' | 'kraken' = 'replay') {
  const folder = tempDir(t);
  const marketPath = join(folder, 'market.db');
  const ledgerPath = join(folder, 'trading.paper.db');
  const shutdown = new AbortController();
  const clock = { nowMs: NOON, trouble: undefined as string | undefined };
  const told: { state: string; reason: string; detail: Record<string, unknown> }[] = [];
  let cycles = 0;
  const service = {
    log: pino({ level: 'silent' }),
    signal: shutdown.signal,
    now: () => clock.nowMs,
    state: (state: string, more: { reason?: string; detail?: object } = {}) =>
      void told.push({ state, reason: more.reason ?? '', detail: { ...more.detail } }),
    progress: () => {
      cycles += 1;
    },
  };
  const ledger = openLedger(ledgerPath);
  const generation = ledger.claim('test', () => true) ?? 0;
  const accountId = ledger.openAccount(SERIES, '10000');
  const source = candleSource(marketPath, SERIES);
  const feed = { kind, expectEveryMs: 60_000 };
  const end: Promise<EngineEnd> = runEngine(
    { series: SERIES, feed, rules: RULES, accountId, generation, pollMs: 1 },
    {
      service,
      ledger,
      source,
      report: engineReport(service),
      pause: () => nextTurn(),
      collectorTrouble: () => clock.trouble,
    },
  );
  const stop = async () => {
    shutdown.abort();
    await end;
    source.close();
    ledger.close();
  };
  t.after(stop);
  const until = async (what: string, holds: () => boolean) => {
    const deadlineMs = Date.now() + DEADLINE_MS;
    while (!holds()) {
      assert.ok(Date.now() < deadlineMs, `${what} did not come; told: ${JSON.stringify(told.slice(-3))}`);
      await nextTurn();
    }
  };
  const untilState = (state: string, reason: RegExp) =>
    until(`${state}: ${reason}`, () => told.at(-1)?.state === state && reason.test(told.at(-1)?.reason ?? ''));
  return { marketPath, ledgerPath, clock, told, end, until, untilState, stop, cycles: () => cycles };
}

function storeCandles(path: string, candles: readonly Candle[]): void {
  const store = openCandleStore(path);
  store.insert(candles, store.claim('test'));
  store.close();
}

test('the engine says that market.db is missing, and evaluates each candle once it is there', {
  timeout: 60_000,
}, async (t) => {
  const engine = startEngine(t);
  await engine.untilState('error', /no collector has written any yet/);
  storeCandles(engine.marketPath, swings(500));
  await engine.untilState('idle', /^waiting for the candle after 2020-09-13 \d\d:\d\d:\d\d UTC$/);
  assert.equal(countRows(engine.ledgerPath, 'evaluations'), 500);
  assert.deepEqual([...new Set(engine.told.map(({ state }) => state))], ['error', 'scanning', 'idle']);
});

test('an empty market.db is no error: the engine waits for the first candle, and its cycles count as finished', {
  timeout: 60_000,
}, async (t) => {
  const engine = startEngine(t);
  storeCandles(engine.marketPath, []);
  await engine.untilState('idle', /^waiting for the first candle$/);
  const before = engine.cycles();
  engine.clock.nowMs += 5_000;
  await engine.until('another cycle', () => engine.cycles() > before);
});

test('the engine goes on as soon as a damaged market.db has been mended', { timeout: 60_000 }, async (t) => {
  const engine = startEngine(t);
  writeFileSync(engine.marketPath, 'no database at all, though it is long enough to be taken for one'.repeat(50));
  await engine.untilState('error', /market\.db": .*not a/);
  rmSync(engine.marketPath);
  storeCandles(engine.marketPath, swings(100));
  await engine.untilState('idle', /./);
  assert.equal(countRows(engine.ledgerPath, 'evaluations'), 100);
});

test('a market.db replaced by another with the same candles and more leads to no second evaluation', {
  timeout: 60_000,
}, async (t) => {
  const engine = startEngine(t);
  storeCandles(engine.marketPath, swings(300));
  await engine.until('300 evaluations', () => countRows(engine.ledgerPath, 'evaluations') === 300);
  // The new file holds another series first, so that each `seq` differs.
  const fresh = `${engine.marketPath}.new`;
  storeCandles(fresh, swings(50, { ...SERIES, source: 'sim:1' }));
  storeCandles(fresh, swings(900));
  for (const suffix of ['-wal', '-shm']) rmSync(engine.marketPath + suffix, { force: true });
  renameSync(fresh, engine.marketPath);
  await engine.until('900 evaluations', () => countRows(engine.ledgerPath, 'evaluations') === 900);
  await engine.untilState('idle', /./);

  const single = startEngine(t);
  storeCandles(single.marketPath, swings(900));
  await single.until('900 evaluations', () => countRows(single.ledgerPath, 'evaluations') === 900);
  const { cursors: _moved, ...dump } = dumpLedger(engine.ledgerPath);
  const { cursors: _own, ...expected } = dumpLedger(single.ledgerPath);
  assert.deepEqual(dump, expected);
});

test('a live feed that falls silent is an error until a candle comes', { timeout: 60_000 }, async (t) => {
  const engine = startEngine(t, 'sim');
  storeCandles(engine.marketPath, swings(100));
  await engine.untilState('idle', /./);
  engine.clock.nowMs += 300_001;
  await engine.untilState('error', /^no new candle since 2026-01-01 12:00:00 UTC, limit 5m 00s$/);
  storeCandles(engine.marketPath, swings(101));
  await engine.untilState('idle', /./);
});

test('a finished replay stays idle however long it lasts', { timeout: 60_000 }, async (t) => {
  const engine = startEngine(t, 'replay');
  storeCandles(engine.marketPath, swings(100));
  await engine.untilState('idle', /./);
  const before = engine.cycles();
  engine.clock.nowMs += 1e9;
  await engine.until('a cycle later', () => engine.cycles() > before);
  assert.equal(engine.told.at(-1)?.state, 'idle');
});

test('candles of a live market that were missed are evaluated and not traded', { timeout: 60_000 }, async (t) => {
  const engine = startEngine(t, 'kraken');
  storeCandles(engine.marketPath, swings(300));
  await engine.until('300 evaluations', () => countRows(engine.ledgerPath, 'evaluations') === 300);
  assert.equal(countRows(engine.ledgerPath, 'orders'), 0);
});

test('the engine shows why collecting fails in its own process', { timeout: 60_000 }, async (t) => {
  const engine = startEngine(t);
  storeCandles(engine.marketPath, swings(10));
  engine.clock.trouble = 'Cannot replay "x.csv": no such file';
  await engine.untilState('error', /^Cannot replay "x.csv": no such file$/);
  engine.clock.trouble = undefined;
  await engine.untilState('idle', /./);
});

test('the engine tells symbol, source, price, position, cash, equity and its last decision', {
  timeout: 60_000,
}, async (t) => {
  const engine = startEngine(t);
  storeCandles(engine.marketPath, swings(500));
  await engine.untilState('idle', /./);
  const detail = engine.told.at(-1)?.detail;
  const last = swings(500)[499];
  assert.equal(detail?.['symbol'], 'XBTUSD');
  assert.equal(detail?.['label'], 'REPLAY of swings.csv');
  assert.equal(detail?.['simulated'], false);
  assert.equal(detail?.['lastPrice'], last?.close);
  assert.equal(detail?.['lastCandleAtMs'], last?.asOfMs);
  assert.equal(detail?.['evaluated'], 500);
  assert.equal(detail?.['trades'], countRows(engine.ledgerPath, 'fills'));
  assert.match(String(detail?.['lastDecision']), /^(hold|buy|sell): /);
  for (const amount of ['position', 'cash', 'equity']) assert.match(String(detail?.[amount]), /^\d+(\.\d+)?$/);
});

test('an engine whose ledger is taken over ends, and writes nothing more', { timeout: 60_000 }, async (t) => {
  const engine = startEngine(t);
  storeCandles(engine.marketPath, swings(100));
  await engine.untilState('idle', /./);
  const other = openLedger(engine.ledgerPath);
  t.after(() => other.close());
  other.claim('other', () => true);
  storeCandles(engine.marketPath, swings(200));
  assert.equal(await engine.end, 'fenced');
  assert.equal(countRows(engine.ledgerPath, 'evaluations'), 100);
});
