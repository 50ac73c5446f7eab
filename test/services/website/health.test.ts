import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceReport } from '../../../src/core/service-report.js';
import type { Verdict } from '../../../src/core/verdict.js';
import { healthHttpStatus, judgeHealth } from '../../../src/services/website/health.js';
import type { SiteSnapshot } from '../../../src/services/website/site-snapshot.js';
import { AS_OF_MS, report, snapshot } from './literals.js';

function judged(...reports: readonly ServiceReport[]): string {
  const health = judgeHealth(snapshot({ services: { kind: 'read', value: reports } }));
  return `${healthHttpStatus(health)} ${health.status}`;
}

function check(value: SiteSnapshot, name: string) {
  return judgeHealth(value).checks.find((entry) => entry.name === name);
}

test('health is 200 ok while every wanted service does its work', () => {
  assert.equal(judged(report('website'), report('trading')), '200 ok');
});

test('health stays 200 while a service starts, and says degraded when one is', () => {
  assert.equal(judged(report('website'), report('trading', { verdict: 'starting' })), '200 ok');
  assert.equal(judged(report('website'), report('trading', { verdict: 'degraded' })), '200 degraded');
});

for (const verdict of [
  'stale',
  'hung',
  'down',
  'unhealthy',
  'crash-loop',
  'orphaned',
  'duplicate',
] satisfies Verdict[]) {
  test(`health is 503 when a wanted service is ${verdict}`, () => {
    assert.equal(judged(report('website'), report('trading', { verdict })), '503 unhealthy');
  });
}

test('a oneshot service that has done its work fails nothing, though it is wanted and has no process', () => {
  const done = report('migrate', {
    verdict: 'stopped',
    pid: null,
    heartbeatAgeMs: null,
    reason: 'completed with code 0',
  });
  assert.equal(judged(report('website'), done), '200 ok');
});

test('a service that nobody wants cannot fail the stack', () => {
  assert.equal(judged(report('website'), report('scheduler', { wanted: false, verdict: 'stopped' })), '200 ok');
  assert.equal(judged(report('website'), report('scheduler', { wanted: false, verdict: 'orphaned' })), '200 degraded');
});

test('heartbeat and progress are checks of their own, with age and limit', () => {
  const late = report('trading', { verdict: 'stale', progressAgeMs: 252_000 });
  const value = snapshot({ services: { kind: 'read', value: [late] } });
  assert.deepEqual(check(value, 'trading.progress'), {
    name: 'trading.progress',
    status: 'fail',
    value: 'cycle',
    ageMs: 252_000,
    limitMs: 90_000,
    reason: 'last cycle 4m 12s ago, limit 1m 30s',
  });
  assert.equal(check(value, 'trading.heartbeat')?.status, 'pass');
});

test('a starting service does not fail for the heartbeat that it has not written yet', () => {
  const starting = report('trading', { verdict: 'starting', heartbeatAgeMs: null });
  assert.equal(check(snapshot({ services: { kind: 'read', value: [starting] } }), 'trading.heartbeat')?.status, 'pass');
});

test('an unreadable status table is 503: nothing is known of the services', () => {
  const health = judgeHealth(
    snapshot({ services: { kind: 'failed', reason: 'Cannot read it', next: 'sigctl status' } }),
  );
  assert.equal(healthHttpStatus(health), 503);
  assert.deepEqual(
    health.checks.map(({ name, status }) => `${name} ${status}`),
    ['status.db fail', 'market.db pass', 'market.lastCandle pass', 'trading.paper.db pass'],
  );
});

test('a locked or missing database of a wanted service fails its check and makes the stack degraded', () => {
  const health = judgeHealth(
    snapshot({
      market: { kind: 'failed', reason: 'database is locked', next: 'sigctl logs market-data' },
      account: { kind: 'missing', reason: 'not yet', next: 'sigctl start trading' },
    }),
  );
  assert.equal(`${healthHttpStatus(health)} ${health.status}`, '200 degraded');
  const failing = health.checks.filter((entry) => entry.status === 'fail');
  assert.deepEqual(
    failing.map((entry) => `${entry.name}: ${entry.reason}`),
    [
      'market.db: database is locked; next: sigctl logs market-data',
      'trading.paper.db: not yet; next: sigctl start trading',
    ],
  );
});

test('a stack that does not trade is not asked for candles', () => {
  const missing = { kind: 'missing', reason: 'none', next: 'sigctl start' } as const;
  const health = judgeHealth(
    snapshot({ services: { kind: 'read', value: [report('web')] }, market: missing, account: missing }),
  );
  assert.equal(health.status, 'ok');
  assert.deepEqual(
    health.checks.map((entry) => entry.name),
    ['status.db', 'web', 'web.heartbeat', 'web.progress'],
  );
});

test('the last candle is a check with its age, late by the limit of whoever collects', () => {
  const value = snapshot();
  assert.equal(value.market.kind, 'read');
  const late = { ...value.market.value, lastObtainedAtMs: AS_OF_MS - 91_000 };
  const found = check(snapshot({ market: { kind: 'read', value: late } }), 'market.lastCandle');
  assert.deepEqual(
    { status: found?.status, ageMs: found?.ageMs, limitMs: found?.limitMs },
    { status: 'warn', ageMs: 91_000, limitMs: 90_000 },
  );
});

test('replayed history has no age that could be late', () => {
  const value = snapshot();
  assert.equal(value.market.kind, 'read');
  const replayed = { ...value.market.value, source: 'replay:XBTUSD_60.csv.gz', lastObtainedAtMs: null };
  const found = check(snapshot({ market: { kind: 'read', value: replayed } }), 'market.lastCandle');
  assert.deepEqual({ status: found?.status, ageMs: found?.ageMs }, { status: 'pass', ageMs: null });
});
