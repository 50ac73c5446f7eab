import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthCheck } from '../../src/core/stack.js';
import { CHECK_REWRITE_MS, currentChecks, type StoredCheck } from '../../src/core/stored-check.js';

const NOW = 1_000_000;
const PROCESS = { pid: 812, startToken: '5000' };
const CHECK: HealthCheck = {
  name: 'http /health',
  kind: 'liveness',
  probe: { kind: 'http', path: '/health', port: 3001 },
  everyMs: 10_000,
  timeoutMs: 2_000,
  failures: 3,
  successes: 1,
};
const ROW: StoredCheck = {
  service: 'web',
  instance: '0',
  name: 'http /health',
  kind: 'liveness',
  process: PROCESS,
  ok: false,
  reason: 'HTTP 503 in 12ms',
  sinceMs: NOW - 60_000,
  atMs: NOW - 1_000,
};

const count = (over: Partial<StoredCheck>, nowMs = NOW) =>
  currentChecks([{ ...ROW, ...over }], { spec: { name: 'web', checks: [CHECK] }, instance: '0' }, PROCESS, nowMs)
    .length;

test('an answer counts for the very process that was asked, and for no other', () => {
  assert.equal(count({}), 1);
  assert.equal(count({ process: { pid: 813, startToken: '5000' } }), 0);
  assert.equal(count({ process: { pid: 812, startToken: '5001' } }), 0);
  assert.equal(count({ instance: '1' }), 0);
  assert.equal(count({ service: 'website' }), 0);
});

test('an answer that nobody renewed does not count, nor one from the future', () => {
  assert.equal(count({ atMs: NOW - 2 * CHECK_REWRITE_MS }), 1);
  assert.equal(count({ atMs: NOW - 3 * CHECK_REWRITE_MS }), 0);
  assert.equal(count({ atMs: NOW + 3 * CHECK_REWRITE_MS }), 0);
});

test('an answer to a check that left the manifest, or became one of the other kind, does not count', () => {
  assert.equal(count({ name: 'http /old' }), 0);
  assert.equal(count({ kind: 'readiness' }), 0);
});
