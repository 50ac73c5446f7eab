import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { isPidAlive } from './alive.js';
import { freePort } from './free-port.js';
import { kill, REPO, type Rig, startRig, until } from './rig.js';

const HISTORY = join(REPO, '../shared/data/kraken/XBTUSD_60.csv.gz');
const HISTORY_ROWS = 50_378;

/** The shipped manifest, with a breaker that ten kills in a row do not open. */
const PATIENT = `
  const shipped = require(${JSON.stringify(join(REPO, 'ecosystem.config.cjs'))});
  const patient = { restart: { backoff: ['10ms', '1s'], breaker: { exits: 1000, within: '2m' } } };
  module.exports = { ...shipped, apps: shipped.apps.map((app) => ({ ...app, sigctl: { ...app.sigctl, ...patient } })) };
`;
/** The shipped manifest, with a watchdog that leaves a hung service alone. */
const HANDS_OFF = `
  const shipped = require(${JSON.stringify(join(REPO, 'ecosystem.config.cjs'))});
  const hung = (app) => ({ ...app.sigctl, health: { ...app.sigctl.health, on_hung: 'alert' } });
  module.exports = { ...shipped, apps: shipped.apps.map((app) => ({ ...app, sigctl: hung(app) })) };
`;
const SHIPPED = `module.exports = require(${JSON.stringify(join(REPO, 'ecosystem.config.cjs'))});`;

test('sigctl mode standard ends with three healthy services, and the page shows the trading at work', async (t) => {
  const rig = await startRig(t, SHIPPED);
  const port = await freePort();
  const run = await rig.sigctl(['mode', 'standard'], { env: { PORT: String(port) } });
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  await until(async () => (await rig.reports()).every((report) => report.verdict === 'healthy'));
  assert.equal((await rig.report('website')).port, port);
  await until(async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).status === 200);
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  assert.match(page, /SIMULATED/);
  assert.match(page, /market-data/);
});

test('/api/health answers 503 while a service that should run does not, and the website stays up', async (t) => {
  const rig = await startRig(t, HANDS_OFF);
  const port = await freePort();
  assert.equal((await rig.sigctl(['mode', 'minimal'], { env: { PORT: String(port) } })).exitCode, 0);
  const website = rig.pid('website');
  process.kill(rig.pid('trading'), 'SIGSTOP');
  await until(async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).status === 503);
  const health = JSON.stringify(await (await fetch(`http://127.0.0.1:${port}/api/health`)).json());
  assert.match(health, /last heartbeat .* ago, limit 15s/);
  assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  assert.equal(rig.pid('website'), website);
});

test('the website restarts the bot and only the bot, and tells the true outcome', async (t) => {
  const rig = await startRig(t, SHIPPED);
  const port = await freePort();
  const env = { PORT: String(port) };
  assert.equal((await rig.sigctl(['mode', 'standard'], { env })).exitCode, 0);
  const before = { website: rig.pid('website'), trading: rig.pid('trading'), feed: rig.pid('market-data') };
  const answer = await fetch(`http://127.0.0.1:${port}/api/control/trading/restart`, {
    method: 'POST',
    headers: { 'x-sigctl-control': '1' },
  });
  assert.equal(answer.status, 200, await answer.text());
  assert.notEqual(rig.pid('trading'), before.trading);
  assert.equal(isPidAlive(before.trading), false);
  assert.deepEqual([rig.pid('website'), rig.pid('market-data')], [before.website, before.feed]);
  assert.equal((await rig.report('trading')).verdict, 'healthy');
  // The other way round: the website's death does not touch the bot.
  const trading = rig.pid('trading');
  kill(before.website);
  await until(() => rig.pid('website') !== before.website && isPidAlive(rig.pid('website')));
  assert.equal(rig.pid('trading'), trading);
});

test('a replay of seven years stores every row, trades the same on every run, and ten kills change nothing', async (t) => {
  if (!existsSync(HISTORY)) return t.skip(`${HISTORY} is absent`);
  const undisturbed = await replay(await startRig(t, PATIENT), 0);
  const killed = await replay(await startRig(t, PATIENT), 10);
  assert.equal(undisturbed.candles, HISTORY_ROWS);
  assert.equal(undisturbed.evaluations, HISTORY_ROWS);
  assert.ok(undisturbed.fills.length > 100, `${undisturbed.fills.length} fills`);
  assert.deepEqual(killed, undisturbed);
});

interface Ledger {
  readonly candles: number;
  readonly evaluations: number;
  readonly fills: readonly unknown[];
}

/** Runs the replay to its end, with SIGKILL for trading at even intervals of its progress. */
async function replay(rig: Rig, kills: number): Promise<Ledger> {
  const env = { MARKET_FEED: `replay:${HISTORY}` };
  const run = await rig.sigctl(['start', 'market-data', 'trading'], { env });
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  for (let done = 0; done < kills; done++) {
    await until(() => countEvaluations(rig) >= (HISTORY_ROWS * done) / kills);
    const pid = rig.pid('trading');
    kill(pid);
    await until(() => rig.pid('trading') !== pid && isPidAlive(rig.pid('trading')));
  }
  await until(() => countEvaluations(rig) === HISTORY_ROWS, 240_000);
  const ledger = readLedger(rig);
  if (kills > 0) assert.ok(((await rig.report('trading')).restarts ?? 0) >= kills);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  return ledger;
}

function countEvaluations(rig: Rig): number {
  try {
    return Number(query(rig, 'trading.paper.db', 'SELECT count(*) AS n FROM evaluations')[0]?.['n']);
  } catch {
    // The database is not there yet.
    return 0;
  }
}

function readLedger(rig: Rig): Ledger {
  return {
    candles: Number(query(rig, 'market.db', 'SELECT count(*) AS n FROM candles')[0]?.['n']),
    evaluations: countEvaluations(rig),
    fills: query(rig, 'trading.paper.db', 'SELECT * FROM fills ORDER BY 1'),
  };
}

function query(rig: Rig, file: string, sql: string): readonly Record<string, unknown>[] {
  const db = new BetterSqlite3(join(rig.home, 'data', file), { readonly: true, timeout: 10_000 });
  try {
    return db.prepare<[], Record<string, unknown>>(sql).all();
  } finally {
    db.close();
  }
}
