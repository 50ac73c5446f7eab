import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredCheck } from '../../src/core/stored-check.js';
import { SigctlError } from '../../src/errors.js';
import { readChecks, writeChecks } from '../../src/store/checks.js';
import { twoConnections } from './two-connections.js';

const ROW: StoredCheck = {
  service: 'web',
  instance: '0',
  name: 'http /health',
  kind: 'liveness',
  process: { pid: 812, startToken: '5000' },
  ok: true,
  reason: 'HTTP 200 in 3ms',
  sinceMs: 1_000,
  atMs: 2_000,
};

test('writeChecks() replaces the answer of the same check, and readChecks() sees it from another connection', (t) => {
  const { a, b } = twoConnections(t);
  const other = { ...ROW, name: 'tcp 5432', kind: 'readiness' as const };
  writeChecks(a, [ROW, other], 2_000);
  assert.deepEqual(readChecks(b), [ROW, other]);
  const later = {
    ...ROW,
    process: { pid: 900, startToken: '7000' },
    ok: false,
    reason: 'HTTP 503 in 1ms',
    atMs: 9_000,
  };
  writeChecks(b, [later], 9_000);
  assert.deepEqual(readChecks(a), [later, other]);
});

test('writeChecks() forgets what was answered more than a day ago', (t) => {
  const { a } = twoConnections(t);
  writeChecks(a, [ROW], 2_000);
  writeChecks(a, [], 2_000 + 25 * 3_600_000);
  assert.deepEqual(readChecks(a), []);
});

test('readChecks() leaves out a row that holds something impossible, and names it', (t) => {
  const { a } = twoConnections(t);
  writeChecks(a, [ROW, { ...ROW, name: 'bad' }], 2_000);
  a.prepare("UPDATE service_checks SET at_ms = 9007199254740993 WHERE name = 'bad'").run();
  const faults: SigctlError[] = [];
  assert.deepEqual(
    readChecks(a, (fault) => faults.push(fault)),
    [ROW],
  );
  assert.match(faults[0]?.message ?? '', /service_checks "web"\/"0"\/"bad": at_ms/);
  assert.throws(() => readChecks(a), SigctlError);
});
