import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SigctlError } from '../../../src/errors.js';
import type { Candle } from '../../../src/service/market/candle.js';
import { replayFeed } from '../../../src/service/market/replay-feed.js';
import { tempFolder } from '../../service/rig.js';
import { recording, take, virtualWorld } from './rig.js';

const NOW_MS = 1_795_000_000_000;
const GOOD = [
  '1381093200,122.0,122.0,122.0,122.0,0.1,1',
  '1381176000,123.61,123.7,123.5,123.61,1E+1,2',
  '1381197600,123.91,123.91,123.9,123.9,1.9916,2',
];

function feedOf(path: string, speed: number | 'max' = 'max', world = virtualWorld(NOW_MS)) {
  return replayFeed({ symbol: 'XBTUSD', intervalS: 3_600, source: 'replay:test.csv', path, speed }, world);
}

/** All candles until the end of the file, and what was thrown, if anything. */
async function readAll(path: string, resumeAfterMs?: number): Promise<{ candles: Candle[]; error: unknown }> {
  const candles: Candle[] = [];
  try {
    for await (const batch of feedOf(path).candles(resumeAfterMs, new AbortController().signal)) candles.push(...batch);
    return { candles, error: undefined };
  } catch (error) {
    return { candles, error };
  }
}

for (const [file, rows] of [
  ['XBTUSD_60.csv.gz', 50_378],
  ['ETHUSD_60.csv.gz', 41_688],
] as const) {
  test(`the replay gives each of the ${rows} rows of ${file} once, digits as they are in the file`, async (t) => {
    const path = recording(t, file);
    if (path === undefined) return;
    const { candles, error } = await readAll(path);
    assert.equal(error, undefined);
    assert.equal(candles.length, rows);
    assert.equal(
      digest(candles.map(toRow)),
      digest(gunzipSync(readFileSync(path)).toString().trim().split('\n').map(withoutExponent)),
    );
  });
}

test('a replay row becomes a candle with plain decimals that is vouched for when it closed', async (t) => {
  const path = write(t, 'rows.csv', `${GOOD.join('\r\n')}\r\n\r\n`);
  const { candles, error } = await readAll(path);
  assert.equal(error, undefined);
  assert.equal(candles.length, 3);
  assert.deepEqual(candles[1], {
    ...{ symbol: 'XBTUSD', intervalS: 3_600, source: 'replay:test.csv', openAtMs: 1_381_176_000_000 },
    ...{ open: '123.61', high: '123.7', low: '123.5', close: '123.61', volume: '10', trades: 2 },
    asOfMs: 1_381_179_600_000,
  });
});

test('the replay resumes after the last stored candle, wherever that was', async (t) => {
  const path = write(t, 'rows.csv', GOOD.join('\n'));
  const { candles } = await readAll(path);
  for (let stored = 0; stored < candles.length; stored += 1) {
    const rest = await readAll(path, candles[stored]?.openAtMs);
    assert.deepEqual(rest.candles, candles.slice(stored + 1));
  }
});

const FAULTS: readonly (readonly [string, string, RegExp])[] = [
  ['a missing column', '1381200000,1,1,1,1,1', /6 columns instead of 7/],
  ['a column too many', '1381200000,1,1,1,1,1,1,1', /8 columns instead of 7/],
  ['a header', 'time,open,high,low,close,volume,trades', /time "time" is not a number of unix seconds/],
  ['milliseconds', '1381200000000,1,1,1,1,1,1', /time "1381200000000" is not/],
  ['a negative time', '-5,1,1,1,1,1,1', /time "-5"/],
  ['a price in words', '1381200000,1,one,1,1,1,1', /not a decimal number: "1,one,1,1,1"/],
  ['an empty price', '1381200000,1,,1,1,1,1', /not a decimal number/],
  ['a negative price', '1381200000,1,1,-1,1,1,1', /not a decimal number/],
  ['NaN', '1381200000,NaN,1,1,1,1,1', /not a decimal number/],
  ['a price of zero', '1381200000,0,1,0,1,1,1', /do not enclose/],
  ['a high under the close', '1381200000,1,1,1,2,1,1', /high 1 and low 1 do not enclose open 1 and close 2/],
  ['a low over the open', '1381200000,1,3,2,2,1,1', /do not enclose/],
  ['half a trade', '1381200000,1,1,1,1,1,0.5', /trades "0.5" is not a whole number/],
  ['a repeated time', '1381197600,1,1,1,1,1,1', /time 1381197600 is not after the row before/],
  ['a time that goes back', '1381190000,1,1,1,1,1,1', /is not after the row before \(1381197600\)/],
];

for (const [name, line, expected] of FAULTS) {
  test(`a replay row with ${name} stops the replay with file and line, after the rows before it`, async (t) => {
    const path = write(t, 'broken.csv', [...GOOD, line, '1381300000,1,1,1,1,1,1'].join('\n'));
    const { candles, error } = await readAll(path);
    assert.ok(error instanceof SigctlError);
    assert.equal(error.code, 'REPLAY_ROW_INVALID');
    assert.match(error.message, /"broken\.csv": line 4: /);
    assert.match(error.message, expected);
    assert.equal(candles.length, 3);
  });
}

test('a replay file that is missing, a folder, no gzip or a cut gzip is refused by name', async (t) => {
  const folder = tempFolder(t);
  const packed = gzipSync(
    Array.from({ length: 5_000 }, (_, index) => `${1_400_000_000 + index * 60},1,1,1,1,${index},1`).join('\n'),
  );
  const cases = [
    [join(folder, 'absent.csv'), 'REPLAY_FILE_MISSING', /absent\.csv": no such file/],
    [folder, 'REPLAY_FILE_BROKEN', /EISDIR/],
    [write(t, 'plain.csv.gz', GOOD.join('\n')), 'REPLAY_FILE_BROKEN', /Z_DATA_ERROR/],
    [write(t, 'cut.csv.gz', packed.subarray(0, packed.length / 2)), 'REPLAY_FILE_BROKEN', /Z_BUF_ERROR/],
  ] as const;
  for (const [path, code, expected] of cases) {
    const { error } = await readAll(path);
    assert.ok(error instanceof SigctlError, `${path}: ${String(error)}`);
    assert.equal(error.code, code);
    assert.match(error.message, expected);
  }
});

test('a replay at a set speed gives so many candles per second, without drifting', async (t) => {
  const rows = Array.from({ length: 1_000 }, (_, index) => `${1_400_000_000 + index * 3_600},1,1,1,1,1,1`);
  const path = write(t, 'rows.csv', rows.join('\n'));
  const world = virtualWorld(NOW_MS);
  await take(feedOf(path, 50, world), 1_000);
  assert.ok(Math.abs(world.nowMs() - NOW_MS - 20_000) <= 100, `${world.nowMs() - NOW_MS} ms for 1000 candles`);
});

test('a replay keeps its pace when the clock is set back by an hour', async (t) => {
  const rows = Array.from({ length: 100 }, (_, index) => `${1_400_000_000 + index * 3_600},1,1,1,1,1,1`);
  const world = virtualWorld(NOW_MS);
  let passedMs = 0;
  let isSetBack = false;
  const feed = feedOf(write(t, 'rows.csv', rows.join('\n')), 50, {
    ...world,
    pause: async (ms, signal) => {
      passedMs += ms;
      await world.pause(ms, signal);
      if (!isSetBack) world.setNow(world.nowMs() - 3_600_000);
      isSetBack = true;
    },
  });
  await take(feed, 100);
  assert.ok(Math.abs(passedMs - 2_000) <= 150, `${passedMs} ms for 100 candles`);
});

test('a replay that is aborted ends without another candle and closes the file', async (t) => {
  const rows = Array.from({ length: 5_000 }, (_, index) => `${1_400_000_000 + index * 3_600},1,1,1,1,1,1`);
  const candles = await take(feedOf(write(t, 'rows.csv', rows.join('\n'))), 1);
  assert.equal(candles.length, 500);
});

function write(t: Parameters<typeof tempFolder>[0], name: string, content: string | Uint8Array): string {
  const path = join(tempFolder(t), name);
  writeFileSync(path, content);
  return path;
}

function toRow(candle: Candle): string {
  const { open, high, low, close, volume, trades } = candle;
  return [candle.openAtMs / 1_000, open, high, low, close, volume, trades].join(',');
}

/** The volumes that the files write as `1E+1` or `5.5E+2` are whole numbers. */
function withoutExponent(row: string): string {
  return row.replace(/\d+(\.\d+)?E\+\d+/g, (text) => String(Number(text)));
}

function digest(rows: readonly string[]): string {
  return createHash('sha256').update(rows.join('\n')).digest('hex');
}
