import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { countRows, dumpLedger, swings, tempDir, toCsv } from './rig.js';
import { bundleServices, type ServiceRig, serviceRig } from './service-rig.js';

const KRAKEN_HOURS = fileURLToPath(new URL('../../../../shared/data/kraken/XBTUSD_60.csv.gz', import.meta.url));
const KRAKEN_ROWS = 50_378;
const KILLS = 10;
const ROWS = 3_000;

let bundle: Awaited<ReturnType<typeof bundleServices>>;
before(async () => {
  bundle = await bundleServices();
});
after(() => bundle.remove());

/** A stack whose feed is a replay of generated swings. */
function swingRig(t: TestContext, env: NodeJS.ProcessEnv = {}): ServiceRig {
  const csv = join(tempDir(t), 'SWINGS_1.csv');
  writeFileSync(csv, toCsv(swings(ROWS)));
  return serviceRig(t, bundle.folder, { MARKET_FEED: `replay:${csv}`, ...env });
}

async function untilEvaluated(rig: ServiceRig, rows: number): Promise<void> {
  await rig.until(`${rows} evaluations`, () => countRows(rig.ledgerPath, 'evaluations') >= rows);
}

/** Trades alone and undisturbed to the end of the feed. */
async function undisturbed(rig: ServiceRig, rows: number): Promise<Record<string, unknown>> {
  const { child, exit } = rig.start('trading');
  await untilEvaluated(rig, rows);
  // All may have been evaluated before this start: a signal is for the process that has come up.
  const isIdle = () => rig.status('trading')?.pid === child.pid && rig.status('trading')?.state === 'idle';
  await rig.until('idle', isIdle);
  child.kill('SIGINT');
  assert.deepEqual(await exit, { code: 0, signal: null });
  return dumpLedger(rig.ledgerPath);
}

/** Kills trading with SIGKILL at several places on the way, each time at an odd moment, then lets it come to the end. */
async function killedOnTheWay(rig: ServiceRig, rows: number, kills = KILLS): Promise<Record<string, unknown>> {
  let onTheWay = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const { child, exit } = rig.start('trading');
    await untilEvaluated(rig, Math.floor((rows * kill) / (kills + 1)));
    // To die at any place of its work.
    await delay(Math.random() * 20);
    child.kill('SIGKILL');
    assert.deepEqual(await exit, { code: null, signal: 'SIGKILL' });
    const evaluated = countRows(rig.ledgerPath, 'evaluations');
    if (evaluated < rows) onTheWay += 1;
  }
  // How many depends on the machine: where a start takes long, a feed by the clock has ended before the last ones.
  assert.ok(onTheWay >= 2, `${onTheWay} kills came before the end`);
  return undisturbed(rig, rows);
}

test('trading alone collects for itself, evaluates each candle once and says what it did', {
  timeout: 120_000,
}, async (t) => {
  const rig = swingRig(t);
  const { child, exit, log } = rig.start('trading');
  await untilEvaluated(rig, ROWS);
  await rig.until('idle', () => rig.status('trading')?.state === 'idle');
  assert.equal(countRows(rig.marketPath, 'candles'), ROWS);
  const status = rig.status('trading');
  assert.match(status?.reason ?? '', /^waiting for the candle after 2020-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  assert.equal(status?.progressName, 'cycle');
  assert.equal(status?.progressWithinMs, 90_000);
  assert.equal(status?.detail?.['evaluated'], ROWS);
  assert.equal(status?.detail?.['label'], 'REPLAY of SWINGS_1.csv');
  child.kill('SIGINT');
  assert.deepEqual(await exit, { code: 0, signal: null });
  assert.equal(rig.status('trading')?.state, 'stopped');
  assert.match(log(), /PAPER trading on REPLAY of SWINGS_1\.csv/);
});

test('trading that is killed ten times while market-data collects ends with the ledger of an undisturbed run', {
  timeout: 240_000,
}, async (t) => {
  const expected = await undisturbed(swingRig(t), ROWS);
  assert.ok((expected['fills'] as unknown[]).length > 50, 'there is something to compare');
  assert.deepEqual(await undisturbed(swingRig(t), ROWS), expected, 'a second run');
  // Slow enough that the feed is still running when the last kill comes.
  const rig = swingRig(t, { REPLAY_SPEED: '200' });
  rig.start('market-data');
  assert.deepEqual(await killedOnTheWay(rig, ROWS), expected, 'after ten kills');
});

test('trading that collects for itself and is killed again and again ends with the same ledger and every candle', {
  timeout: 240_000,
}, async (t) => {
  const expected = await undisturbed(swingRig(t), ROWS);
  const rig = swingRig(t, { REPLAY_SPEED: '400' });
  assert.deepEqual(await killedOnTheWay(rig, ROWS, 5), expected);
  assert.equal(countRows(rig.marketPath, 'candles'), ROWS);
});

test('real Kraken hours: each candle evaluated once, the same trades on every run, and ten kills change nothing', {
  timeout: 480_000,
}, async (t) => {
  if (!existsSync(KRAKEN_HOURS)) return t.skip(`${KRAKEN_HOURS} is absent`);
  const krakenRig = () => serviceRig(t, bundle.folder, { MARKET_FEED: `replay:${KRAKEN_HOURS}` });
  const expected = await undisturbed(krakenRig(), KRAKEN_ROWS);
  assert.equal(expected['evaluations'], KRAKEN_ROWS);
  const collected = krakenRig();
  collected.start('market-data');
  assert.deepEqual(await undisturbed(collected, KRAKEN_ROWS), expected, 'while market-data collects');
  const killed = krakenRig();
  killed.start('market-data');
  assert.deepEqual(await killedOnTheWay(killed, KRAKEN_ROWS), expected, 'after ten kills');
  assert.equal(countRows(killed.marketPath, 'candles'), KRAKEN_ROWS);
});

test('a second engine waits and says so; it takes over when the first one is killed, and goes on from its cursor', {
  timeout: 120_000,
}, async (t) => {
  const expected = await undisturbed(swingRig(t), ROWS);
  const rig = swingRig(t, { REPLAY_SPEED: '300' });
  rig.start('market-data');
  const first = rig.start('trading');
  await untilEvaluated(rig, 100);
  rig.start('trading', { SIGCTL_INSTANCE: '1' });
  await rig.until('the complaint', () => rig.status('trading', '1')?.state === 'error');
  assert.match(rig.status('trading', '1')?.reason ?? '', /another process holds the lease "trading"/);
  first.child.kill('SIGKILL');
  await untilEvaluated(rig, ROWS);
  await rig.until('idle', () => rig.status('trading', '1')?.state === 'idle');
  assert.deepEqual(dumpLedger(rig.ledgerPath), expected);
});

test('an engine that slept past its lease writes nothing when it wakes, and stops', { timeout: 120_000 }, async (t) => {
  const expected = await undisturbed(swingRig(t), ROWS);
  const rig = swingRig(t, { REPLAY_SPEED: '300' });
  rig.start('market-data');
  const sleeper = rig.start('trading');
  await untilEvaluated(rig, 100);
  sleeper.child.kill('SIGSTOP');
  rig.start('trading', { SIGCTL_INSTANCE: '1' });
  const asleep = countRows(rig.ledgerPath, 'evaluations');
  await untilEvaluated(rig, asleep + 100);
  sleeper.child.kill('SIGCONT');
  assert.equal((await sleeper.exit).code, 1);
  assert.match(rig.status('trading')?.reason ?? '', /another engine/);
  await untilEvaluated(rig, ROWS);
  assert.deepEqual(dumpLedger(rig.ledgerPath), expected);
});

test('a damaged ledger is refused with exit code 4, left as it is, and the log says what to do', {
  timeout: 60_000,
}, async (t) => {
  const rig = swingRig(t);
  const damage = 'not a database at all'.repeat(500);
  writeFileSync(rig.ledgerPath, damage);
  const { exit, log } = rig.start('trading');
  assert.deepEqual(await exit, { code: 4, signal: null });
  assert.match(log(), /LEDGER_BROKEN/);
  assert.match(log(), /Restore it from a backup/);
  assert.equal(readFileSync(rig.ledgerPath, 'utf8'), damage);
  assert.equal(rig.status('trading')?.state, 'error');
});

test('live trading is refused: PAPER_MODE=false ends with exit code 2 and names the variable', {
  timeout: 60_000,
}, async (t) => {
  const rig = swingRig(t, { PAPER_MODE: 'false' });
  const { exit, log } = rig.start('trading');
  assert.deepEqual(await exit, { code: 2, signal: null });
  assert.match(log(), /PAPER_MODE is \\"false\\": trading is on paper only/);
  assert.equal(existsSync(rig.ledgerPath), false);
});
