import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { StatusRow } from '../../../src/core/status-row.js';
import { readLease } from '../../../src/store/leases.js';
import { openStatusDb } from '../../../src/store/open.js';
import { readStatuses } from '../../../src/store/service-status.js';
import { minuteRows, startKrakenFake } from '../../fixtures/kraken-fake/kraken-fake.js';
import { eventually, type Running, run, serviceEnv, tempFolder } from '../../service/rig.js';
import { bundlePrograms, countCandles, readCandles, recording } from './rig.js';

const SIM = { MARKET_FEED: 'sim', SIM_TICK_MS: '100', SIM_HISTORY: '50', SIM_SEED: '7' };
/** Long enough for a lease to expire and a process to start, on a machine that does ten other things. */
const TAKEOVER_WITHIN_MS = 30_000;

let programs: Awaited<ReturnType<typeof bundlePrograms>>;
before(async () => {
  programs = await bundlePrograms();
});
after(() => programs.remove());

/** A home, and the two kinds of collectors that share it. */
function stack(t: TestContext, env: NodeJS.ProcessEnv) {
  const home = tempFolder(t);
  mkdirSync(join(home, 'data'));
  const start = (program: string, service: string): Running =>
    run(t, [process.execPath, join(programs.folder, `${program}.mjs`)], { env: serviceEnv(home, service, env) });
  return {
    marketPath: join(home, 'data', 'market.db'),
    rows: () => readCandles(join(home, 'data', 'market.db')),
    count: () => countCandles(join(home, 'data', 'market.db')),
    marketData: () => start('market-data', 'market-data'),
    fallback: () => start('fallback-collector', 'trading'),
    status: (service: string) => withStatusDb(home, (db) => readStatuses(db).find((row) => row.service === service)),
    leaseHolder: (name: string) => withStatusDb(home, (db) => readLease(db, name)?.holder),
  };
}

type Stack = ReturnType<typeof stack>;

const COLLECTS = { marketData: /"msg":"collecting: /, fallback: /event collecting/ };

/** Waits until so many candles are stored. */
async function holds(here: Stack, candles: number): Promise<void> {
  await eventually(() => here.count() >= candles, `${candles} candles`, here.count);
}

/** Waits for so many more. */
async function grows(here: Stack, by: number): Promise<void> {
  await holds(here, here.count() + by);
}

function assertWhole(from: Stack, stepMs: number): void {
  const rows = from.rows();
  const first = rows[0]?.openAtMs ?? 0;
  assert.deepEqual(
    rows.map((row) => [row.seq, row.openAtMs]),
    rows.map((_, index) => [index + 1, first + index * stepMs]),
  );
}

test('a fallback collects while it is alone, gives way when market-data comes, and takes over when it stops', async (t) => {
  const here = stack(t, SIM);
  const fallback = here.fallback();
  await fallback.printed(COLLECTS.fallback);
  await grows(here, 5);
  const marketData = here.marketData();
  await marketData.printed(COLLECTS.marketData);
  await fallback.printed(/event standby/);
  assert.match(here.leaseHolder('collector') ?? '', /^market-data\/0 pid/);
  await grows(here, 5);
  marketData.child.kill('SIGINT');
  assert.deepEqual(await marketData.exit, { code: 0, signal: null });
  // Given back at the exit, not left to expire.
  assert.doesNotMatch(here.leaseHolder('collector') ?? '', /market-data/);
  assert.equal(here.leaseHolder('collector.preferred'), undefined);
  await fallback.printed(/event standby[\s\S]*event collecting/);
  await grows(here, 5);
  assertWhole(here, 100);
  assert.equal(new Set(here.rows().map((row) => row.generation)).size, 3);
});

test('when market-data is killed the fallback takes over by itself, and gives way to the next one, without gap or repeat', async (t) => {
  const here = stack(t, SIM);
  const fallback = here.fallback();
  const first = here.marketData();
  await first.printed(COLLECTS.marketData);
  await grows(here, 5);
  await fallback.printed(/event standby/);
  const seen = fallback.output().length;
  const killedAtMs = Date.now();
  first.child.kill('SIGKILL');
  await first.exit;
  await eventually(
    () => /event collecting/.test(fallback.output().slice(seen)),
    'the fallback to collect',
    fallback.output,
  );
  const tookMs = Date.now() - killedAtMs;
  t.diagnostic(`took over ${tookMs} ms after the kill`);
  assert.ok(tookMs < TAKEOVER_WITHIN_MS);
  await grows(here, 5);
  await here.marketData().printed(COLLECTS.marketData);
  await grows(here, 5);
  assertWhole(here, 100);
});

test('a collector that slept through the loss of its lease writes nothing under its old generation', async (t) => {
  const here = stack(t, SIM);
  const marketData = here.marketData();
  await marketData.printed(COLLECTS.marketData);
  const fallback = here.fallback();
  await fallback.printed(/event standby/);
  const seen = fallback.output().length;
  marketData.child.kill('SIGSTOP');
  await eventually(
    () => /event collecting/.test(fallback.output().slice(seen)),
    'the fallback to collect',
    fallback.output,
  );
  await grows(here, 10);
  marketData.child.kill('SIGCONT');
  await marketData.printed(/"msg":"collecting: [\s\S]*"msg":"collecting: /);
  await grows(here, 10);
  assertWhole(here, 100);
  const generations = here.rows().map((row) => row.generation);
  assert.deepEqual(
    generations,
    generations.toSorted((left, right) => left - right),
  );
});

test('a series is the same whoever made which part of it', async (t) => {
  const [mixed, single] = [stack(t, SIM), stack(t, SIM)];
  const fallback = mixed.fallback();
  await fallback.printed(COLLECTS.fallback);
  const alone = single.marketData();
  await grows(mixed, 5);
  const marketData = mixed.marketData();
  await marketData.printed(COLLECTS.marketData);
  await grows(mixed, 5);
  marketData.child.kill('SIGKILL');
  await fallback.printed(/event standby[\s\S]*event collecting/);
  await grows(mixed, 5);
  await eventually(
    () => (single.rows().at(-1)?.openAtMs ?? 0) >= (mixed.rows().at(-1)?.openAtMs ?? 0),
    'both to be as long',
  );
  alone.child.kill('SIGINT');
  const known = new Map(single.rows().map((row) => [row.openAtMs, row.close]));
  const common = mixed.rows().filter((row) => known.has(row.openAtMs));
  assert.ok(common.length >= 15);
  assert.ok(common.every((row) => known.get(row.openAtMs) === row.close));
});

test('every row of the recorded file is stored once, though collectors of both kinds are killed on the way', async (t) => {
  const path = recording(t, 'XBTUSD_60.csv.gz');
  if (path === undefined) return;
  const here = stack(t, { MARKET_FEED: `replay:${path}`, REPLAY_SPEED: '20000' });
  let holder = here.marketData();
  for (const [stored, start] of [
    [3_000, here.fallback],
    [14_000, here.marketData],
    [27_000, here.fallback],
    [41_000, here.marketData],
  ] as const) {
    await holds(here, stored);
    holder.child.kill('SIGKILL');
    await holder.exit;
    // Not before: a market-data that stood by would have been given the job.
    holder = start();
  }
  await reported(here, (status) => status.reason === 'replay finished: 50,378 candles');
  const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n');
  assert.deepEqual(
    here.rows().map((row) => [row.seq, row.openAtMs / 1_000, row.close]),
    lines.map((line, index) => [index + 1, Number(line.split(',')[0]), line.split(',')[4]]),
  );
});

test('a replay at full speed beats on, ends idle with the number of candles, and is not overdue then', async (t) => {
  const path = recording(t, 'XBTUSD_60.csv.gz');
  if (path === undefined) return;
  const here = stack(t, { MARKET_FEED: `replay:${path}` });
  here.marketData();
  const row = await reported(here, (status) => status.state === 'idle');
  assert.equal(row.reason, 'replay finished: 50,378 candles');
  assert.deepEqual([row.progressName, row.progressWithinMs], ['candle', 0]);
  assert.deepEqual(row.detail, {
    ...{ symbol: 'XBTUSD', intervalS: 3_600, source: 'replay:XBTUSD_60.csv.gz', label: 'REPLAY of XBTUSD_60.csv.gz' },
    ...{ simulated: false, lastPrice: '10774.9', lastCandleAtMs: 1_601_510_400_000, candles: 50_378 },
  });
  assert.equal(here.rows().length, 50_378);
  const { heartbeatAtMs } = row;
  await reported(here, (status) => status.heartbeatAtMs > heartbeatAtMs);
});

test('a bad row leaves market-data up and in error, named by file and line, until the file is mended', async (t) => {
  const file = join(tempFolder(t), 'prices_1.csv');
  const rows = (broken: string) => ['1381093200,1,1,1,1,1,1', broken, '1381093320,3,3,3,3,3,3', ''].join('\n');
  writeFileSync(file, rows('1381093260,two,2,2,2,2,2'));
  const here = stack(t, { MARKET_FEED: `replay:${file}` });
  const marketData = here.marketData();
  const row = await reported(here, (status) => status.state === 'error');
  assert.match(row.reason ?? '', /"prices_1\.csv": line 2: .*not a decimal number/);
  assert.equal(here.rows().length, 1);
  writeFileSync(file, rows('1381093260,2,2,2,2,2,2'));
  const mended = await reported(here, (status) => status.state === 'idle');
  assert.equal(mended.reason, 'replay finished: 3 candles');
  assert.equal(mended.pid, marketData.pid);
});

test('a Kraken that fails puts market-data in error without progress, and it recovers by itself', async (t) => {
  const fake = await startKrakenFake(t);
  fake.setRows(minuteRows(1_791_318_900, 10));
  const here = stack(t, { MARKET_FEED: 'kraken', KRAKEN_URL: fake.url, KRAKEN_POLL_MS: '1000' });
  here.marketData();
  const well = await reported(here, (status) => status.progressSeq === 1);
  assert.equal(here.rows().length, 9);
  assert.equal(well.state, 'scanning');
  fake.fail('html-520', Number.POSITIVE_INFINITY);
  fake.setRows(minuteRows(1_791_318_900, 12));
  const ill = await reported(here, (status) => status.state === 'error');
  assert.match(ill.reason ?? '', /Kraken unavailable: HTTP 520/);
  assert.deepEqual([ill.progressSeq, ill.progressAtMs], [1, well.progressAtMs]);
  fake.heal();
  const again = await reported(here, (status) => status.progressSeq === 2);
  assert.equal(again.state, 'scanning');
  assert.equal(here.rows().length, 11);
});

test('market-data goes on with a new file when market.db is moved away under it', async (t) => {
  const here = stack(t, SIM);
  const marketData = here.marketData();
  await marketData.printed(COLLECTS.marketData);
  await grows(here, 5);
  renameSync(here.marketPath, `${here.marketPath}.old`);
  await holds(here, 50);
  assertWhole(here, 100);
  assert.equal(here.status('market-data')?.pid, marketData.pid);
});

test('market-data that is configured wrongly exits with 2 and says why', async (t) => {
  const here = stack(t, { MARKET_FEED: 'kraken', MARKET_INTERVAL_S: '61' });
  const marketData = here.marketData();
  assert.deepEqual(await marketData.exit, { code: 2, signal: null });
  assert.match(marketData.output(), /MARKET_INTERVAL_S is \\"61\\": Kraken has/);
  assert.equal(here.status('market-data')?.state, 'error');
});

async function reported(here: Stack, check: (status: StatusRow) => boolean): Promise<StatusRow> {
  let row: StatusRow | undefined;
  const look = () => {
    row = here.status('market-data');
    return row !== undefined && check(row);
  };
  await eventually(look, `a status like ${String(check)}`, () => JSON.stringify(row));
  assert.ok(row !== undefined);
  return row;
}

/** Reads the status table; `undefined` while it does not exist. */
function withStatusDb<T>(home: string, read: (db: ReturnType<typeof openStatusDb>) => T): T | undefined {
  try {
    const db = openStatusDb(join(home, 'status.db'), { readonly: true });
    try {
      return read(db);
    } finally {
      db.close();
    }
  } catch {
    return undefined; // Not made yet: the callers poll.
  }
}
