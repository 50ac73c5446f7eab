import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { SigctlError } from '../../../src/errors.js';
import type { Candle, SeriesKey } from '../../../src/service/market/candle.js';
import { openCandleStore } from '../../../src/service/market/candle-store.js';
import { run, tempFolder } from '../../service/rig.js';
import { bundlePrograms, MINUTE_SERIES, readCandles } from './rig.js';

const START_MS = 1_600_000_000_000;
let programs: Awaited<ReturnType<typeof bundlePrograms>>;
before(async () => {
  programs = await bundlePrograms();
});
after(() => programs.remove());

function candle(index: number, close = '10.5', series: SeriesKey = MINUTE_SERIES): Candle {
  const openAtMs = START_MS + index * series.intervalS * 1_000;
  const money = { open: '10.0', high: '11.00', low: '9.9', close, volume: '0.10000000' };
  return { ...series, ...money, openAtMs, trades: 3, asOfMs: openAtMs + series.intervalS * 1_000 };
}

const candles = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => candle(from + index));

test('the candle store gives back what was inserted, digit for digit, with seq in the order of insertion', (t) => {
  const store = openCandleStore(join(tempFolder(t), 'market.db'));
  const generation = store.claim('test');
  assert.deepEqual(store.insert(candles(0, 3), generation), { kind: 'stored', inserted: 3, ignored: 0 });
  assert.deepEqual(store.insert(candles(3, 5), generation), { kind: 'stored', inserted: 2, ignored: 0 });
  const rows = store.readAfter(MINUTE_SERIES, 0, 100);
  assert.deepEqual(
    rows,
    candles(0, 5).map((row, index) => ({ ...row, seq: index + 1, generation })),
  );
  assert.deepEqual(store.readAfter(MINUTE_SERIES, 2, 2), rows.slice(2, 4));
  assert.deepEqual(store.readLast(MINUTE_SERIES, 2), rows.slice(3));
  assert.deepEqual(store.lastCandle(MINUTE_SERIES), rows[4]);
  assert.equal(store.count(MINUTE_SERIES), 5);
  store.close();
});

test('a candle that is stored already keeps its first closed value', (t) => {
  const store = openCandleStore(join(tempFolder(t), 'market.db'));
  const generation = store.claim('test');
  store.insert([candle(0, '10.5'), candle(1, '10.6')], generation);
  const outcome = store.insert([candle(0, '99'), candle(1, '99'), candle(2)], generation);
  assert.deepEqual(outcome, { kind: 'stored', inserted: 1, ignored: 2 });
  assert.deepEqual(
    store.readAfter(MINUTE_SERIES, 0, 9).map((row) => row.close),
    ['10.5', '10.6', '10.5'],
  );
  store.close();
});

test('a series only grows at its end, so that seq and open time never disagree', (t) => {
  const store = openCandleStore(join(tempFolder(t), 'market.db'));
  const generation = store.claim('test');
  store.insert([candle(0), candle(5)], generation);
  assert.deepEqual(store.insert([candle(3), candle(7), candle(6)], generation), {
    kind: 'stored',
    inserted: 1,
    ignored: 2,
  });
  assert.deepEqual(
    store.readAfter(MINUTE_SERIES, 0, 9).map((row) => [row.seq, row.openAtMs]),
    [
      [1, START_MS],
      [2, START_MS + 300_000],
      [3, START_MS + 420_000],
    ],
  );
  store.close();
});

test('sources, symbols and intervals never mix, and share one seq', (t) => {
  const store = openCandleStore(join(tempFolder(t), 'market.db'));
  const generation = store.claim('test');
  const others: SeriesKey[] = [
    { ...MINUTE_SERIES, source: 'sim:1' },
    { ...MINUTE_SERIES, symbol: 'ETHUSD' },
    { ...MINUTE_SERIES, intervalS: 300 },
  ];
  store.insert([candle(0), ...others.map((series) => candle(0, '1', series)), candle(1)], generation);
  assert.deepEqual(
    store.readAfter(MINUTE_SERIES, 0, 9).map((row) => row.seq),
    [1, 5],
  );
  assert.deepEqual(
    others.map((series) => store.readAfter(series, 0, 9).map((row) => row.seq)),
    [[2], [3], [4]],
  );
  assert.deepEqual(
    others.map((series) => store.count(series)),
    [1, 1, 1],
  );
  store.close();
});

test('a writer with an older generation changes nothing, and is told of the newer one', (t) => {
  const path = join(tempFolder(t), 'market.db');
  const [older, newer] = [openCandleStore(path), openCandleStore(path)];
  const olderGeneration = older.claim('older');
  older.insert([candle(0)], olderGeneration);
  const newerGeneration = newer.claim('newer');
  assert.ok(newerGeneration > olderGeneration);
  assert.deepEqual(older.insert([candle(1)], olderGeneration), { kind: 'fenced', newerGeneration });
  assert.deepEqual(newer.insert([candle(1)], newerGeneration), { kind: 'stored', inserted: 1, ignored: 0 });
  assert.deepEqual(
    readCandles(path).map((row) => row.generation),
    [olderGeneration, newerGeneration],
  );
  older.close();
  newer.close();
});

test('an insert that fails half-way stores none of its candles', (t) => {
  const store = openCandleStore(join(tempFolder(t), 'market.db'));
  const generation = store.claim('test');
  const broken = { ...candle(2), trades: 0.5 };
  assert.throws(() => store.insert([candle(0), candle(1), broken], generation), /SQLITE_CONSTRAINT|cannot store/);
  assert.equal(store.count(MINUTE_SERIES), 0);
  store.close();
});

test('four processes that open a new file at once and fence each other store each candle once', async (t) => {
  const path = join(tempFolder(t), 'market.db');
  const racer = join(programs.folder, 'candle-racer.mjs');
  const racers = Array.from({ length: 4 }, () =>
    run(t, [process.execPath, racer, path], { env: { PATH: process.env['PATH'] } }),
  );
  const exits = await Promise.all(racers.map((each) => each.exit));
  assert.deepEqual(
    exits.map((exit) => exit.code),
    [0, 0, 0, 0],
    racers.map((each) => each.output()).join(),
  );
  const rows = readCandles(path);
  assert.deepEqual(
    rows.map((row) => [row.seq, row.openAtMs, row.close]),
    Array.from({ length: 400 }, (_, index) => [index + 1, START_MS + index * 60_000, String(index + 1)]),
  );
});

test('a reader gets candles while a writer adds some, and cannot write itself', (t) => {
  const path = join(tempFolder(t), 'market.db');
  const writer = openCandleStore(path);
  const generation = writer.claim('test');
  const reader = openCandleStore(path, { readonly: true });
  assert.equal(reader.count(MINUTE_SERIES), 0);
  assert.equal(reader.lastCandle(MINUTE_SERIES), undefined);
  writer.insert(candles(0, 2), generation);
  assert.equal(reader.readAfter(MINUTE_SERIES, 0, 9).length, 2);
  assert.throws(() => reader.insert([candle(2)], generation), /readonly/);
  assert.throws(() => reader.claim('reader'), /readonly/);
  reader.close();
  writer.close();
});

test('the store knows when its file was moved away or replaced', (t) => {
  const path = join(tempFolder(t), 'market.db');
  const store = openCandleStore(path);
  assert.equal(store.isCurrent(), true);
  renameSync(path, `${path}.old`);
  assert.equal(store.isCurrent(), false);
  const next = openCandleStore(path);
  assert.deepEqual([store.isCurrent(), next.isCurrent()], [false, true]);
  store.close();
  next.close();
});

test('a market.db that is missing, empty, no database or of a newer sigctl is refused with its code', (t) => {
  const folder = tempFolder(t);
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const newer = new Database(join(folder, 'newer.db'));
  newer.pragma('user_version = 99');
  newer.close();
  const cases = [
    [join(folder, 'absent.db'), true, 'DATABASE_MISSING'],
    [file('empty.db', ''), true, 'DATABASE_MISSING'],
    [file('text.db', 'this is no database, whatever its name may say'.repeat(100)), false, 'DATABASE_BROKEN'],
    [join(folder, 'newer.db'), false, 'DATABASE_TOO_NEW'],
    [join(folder, 'newer.db'), true, 'DATABASE_TOO_NEW'],
    [join(folder, 'no-such-folder', 'market.db'), false, 'DATABASE_BROKEN'],
  ] as const;
  for (const [path, readonly, code] of cases) {
    assert.throws(
      () => openCandleStore(path, { readonly }),
      (error) => error instanceof SigctlError && error.code === code && error.exitCode === 4,
      `${path} readonly ${readonly}`,
    );
  }
});
