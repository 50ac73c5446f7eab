import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { HealthReport } from '../../../src/services/website/health.js';
import {
  ageHeartbeat,
  collectCandles,
  createStack,
  runService,
  setMode,
  snapshotOf,
  tempFolder,
  trade,
  want,
} from './rig.js';
import { ask, startSite } from './site.js';

test('the page, its update, status and health tell of real files', async (t) => {
  const stack = await createStack(t);
  runService(stack, 'website');
  runService(stack, 'market-data', 'candle');
  runService(stack, 'trading', 'cycle');
  setMode(stack, 'standard');
  collectCandles(stack.home, 400);
  trade(stack.home);
  const site = await startSite(t, stack);

  const page = await ask(site, 'GET', '/');
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(page.text, /All 3 services are healthy/);
  assert.match(page.text, /SIMULATED/);
  assert.match(page.text, /Last trades/);
  assert.doesNotMatch(page.text, /hunter2/);

  const status = (await ask(site, 'GET', '/api/status')).json();
  assert.deepEqual(
    { schemaVersion: status['schemaVersion'], stack: status['stack'], mode: status['mode'], error: status['error'] },
    { schemaVersion: 1, stack: 'signalcartel', mode: 'standard', error: null },
  );
  const services = status['services'] as { key: string; verdict: string; pid: number | null }[];
  assert.deepEqual(
    services.map(({ key, verdict }) => `${key} ${verdict}`),
    ['website healthy', 'market-data healthy', 'trading healthy', 'scheduler stopped'],
  );
  assert.equal(typeof services[2]?.pid, 'number');

  const update = (await ask(site, 'GET', '/api/page')).json();
  assert.match(String(update['html']), /All 3 services are healthy/);
  assert.equal(typeof update['nowMs'], 'number');

  const health = await ask(site, 'GET', '/api/health');
  assert.equal(health.status, 200, health.text);
  assert.equal(health.json()['status'], 'ok');
});

test('/api/health answers 503 for a silent heartbeat, stale work and a missing process, and names each', async (t) => {
  const stack = await createStack(t);
  runService(stack, 'website');
  const trading = runService(stack, 'trading', 'cycle');
  want(stack, 'market-data');
  ageHeartbeat(stack, 'trading', trading, 60_000);
  const site = await startSite(t, stack);
  const answer = await ask(site, 'GET', '/api/health');
  assert.equal(answer.status, 503);
  const health = answer.json() as unknown as HealthReport;
  const failing = health.checks.filter((check) => check.status === 'fail').map((check) => check.name);
  assert.ok(failing.includes('trading') && failing.includes('trading.heartbeat'), failing.join());
  assert.ok(failing.includes('market-data') && failing.includes('market.db'), failing.join());
  assert.ok(!failing.includes('website'));
  const heartbeat = health.checks.find((check) => check.name === 'trading.heartbeat');
  assert.equal(heartbeat?.limitMs, 15_000);
  assert.ok((heartbeat?.ageMs ?? 0) >= 60_000);
});

test('the website does not judge itself down while it answers', async (t) => {
  const stack = await createStack(t);
  want(stack, 'website');
  const site = await startSite(t, stack);
  const answer = await ask(site, 'GET', '/api/health');
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.text, /answers, although: should run, and has no process/);
});

test('/health is the website alone: it is well without any stack', async (t) => {
  const home = join(tempFolder(t), '.sigctl');
  const stack = { ...(await createStack(t)), snapshot: () => snapshotOf(home) };
  const site = await startSite(t, stack);
  const own = await ask(site, 'GET', '/health', { host: '10.1.2.3:3001' });
  assert.equal(own.status, 200);
  const { uptimeMs, ...rest } = own.json();
  assert.ok(typeof uptimeMs === 'number' && uptimeMs >= 0);
  assert.deepEqual(rest, { status: 'ok', pid: process.pid, version: '1.2.3' });
  assert.equal((await ask(site, 'GET', '/api/health')).status, 503);
  assert.equal((await ask(site, 'GET', '/api/status')).status, 503);
  assert.match((await ask(site, 'GET', '/')).text, /Nothing has been started yet/);
});

test('missing, locked and broken databases are failing checks, and the page still comes', async (t) => {
  const stack = await createStack(t);
  runService(stack, 'website');
  runService(stack, 'trading', 'cycle');
  collectCandles(stack.home, 5);
  const market = new Database(join(stack.home, 'data', 'market.db'));
  t.after(() => market.close());
  market.pragma('journal_mode = DELETE');
  market.exec('BEGIN EXCLUSIVE');
  writeFileSync(
    join(stack.home, 'data', 'trading.paper.db'),
    'this is no database, and long enough to be read as a header of one'.repeat(20),
  );
  const site = await startSite(t, stack);
  const health = (await ask(site, 'GET', '/api/health')).json() as unknown as HealthReport;
  assert.equal(health.status, 'degraded');
  const reasons = health.checks
    .filter((check) => check.status === 'fail')
    .map((check) => `${check.name}: ${check.reason}`);
  assert.equal(reasons.length, 2, reasons.join('\n'));
  assert.match(reasons.join('\n'), /market\.db: .*locked.*\n.*trading\.paper\.db: .*not a database/);
  assert.match((await ask(site, 'GET', '/')).text, /Cannot read the market data/);

  rmSync(join(stack.home, 'status.db'));
  rmSync(join(stack.home, 'status.db-wal'), { force: true });
  writeFileSync(join(stack.home, 'status.db'), 'garbage'.repeat(1_000));
  assert.equal((await ask(site, 'GET', '/api/health')).status, 503);
  assert.match((await ask(site, 'GET', '/')).text, /The state of the services is unknown/);
});

test('every answer carries the security headers, and only the page itself may run a script', async (t) => {
  const site = await startSite(t, await createStack(t));
  for (const path of ['/', '/api/page', '/health', '/nothing']) {
    const { headers } = await ask(site, 'GET', path);
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
  }
});

test('HEAD works, unknown addresses are 404, malformed requests 400, and none shows a stack trace', async (t) => {
  const site = await startSite(t, await createStack(t));
  const head = await ask(site, 'HEAD', '/');
  assert.deepEqual({ status: head.status, text: head.text }, { status: 200, text: '' });
  const person = await ask(site, 'GET', '/nothing', { accept: 'text/html' });
  assert.equal(person.status, 404);
  assert.match(person.text, /Nothing here/);
  const program = await ask(site, 'GET', '/api/nothing', { accept: 'text/html' });
  assert.equal(program.status, 404);
  assert.match(program.text, /"code":"NOT_FOUND"/);
  const malformed = await ask(site, 'GET', '/api/%E0%A4%A');
  assert.equal(malformed.status, 400);
  for (const { text } of [person, program, malformed]) assert.doesNotMatch(text, /\bat .*\.[jt]s:\d+/);
});

test('a mistake of the site is 500 without its details', async (t) => {
  const stack = await createStack(t);
  const snapshot = () => {
    throw new Error('secret detail');
  };
  const site = await startSite(t, { ...stack, snapshot });
  const answer = await ask(site, 'GET', '/');
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /secret detail/);
});

test('data is not shown under a foreign name, which is how DNS rebinding reads', async (t) => {
  const site = await startSite(t, await createStack(t));
  for (const path of ['/', '/api/page', '/api/status']) {
    assert.equal((await ask(site, 'GET', path, { host: `evil.example:${site.port}` })).status, 403);
  }
  const allowed = await startSite(t, await createStack(t), { allowedHosts: ['trade.example'] });
  assert.equal((await ask(allowed, 'GET', '/', { host: 'trade.example' })).status, 200);
});

test('a row that says something impossible is shown and costs only itself', async (t) => {
  const stack = await createStack(t);
  runService(stack, 'website');
  runService(stack, 'trading', 'cycle');
  stack.db.prepare(`UPDATE service_status SET detail_json = 'no json' WHERE service = 'trading'`).run();
  const site = await startSite(t, stack);
  const status = (await ask(site, 'GET', '/api/status')).json();
  const services = status['services'] as { key: string; verdict: string }[];
  assert.equal(services.find(({ key }) => key === 'website')?.verdict, 'healthy');
  assert.match((await ask(site, 'GET', '/')).text, /class="note fault">[^<]*detail_json/);
  assert.match((await ask(site, 'GET', '/api/health')).text, /"name":"status.db","status":"warn"/);
});
