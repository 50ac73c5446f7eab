import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { HealthCheck } from '../../../src/core/stack.js';
import { createFactReader } from '../../../src/services/watchdog/facts.js';
import { writeChecks } from '../../../src/store/checks.js';
import { writeDesired } from '../../../src/store/desired.js';
import { claimStatus } from '../../../src/store/service-status.js';
import { recordReadiness } from '../../../src/store/unready.js';
import { serviceSpec, stackOf } from '../../stack-literals.js';
import { twoConnections } from '../../store/two-connections.js';

const FEED = { pid: 7, startToken: '70' };

function setUp(t: TestContext) {
  const { a, b } = twoConnections(t);
  let stack = stackOf([serviceSpec('feed')]);
  const log = { info: () => undefined, warn: () => undefined, trouble: () => undefined };
  const read = createFactReader({ db: a, stack: () => stack, log });
  return {
    own: a,
    other: b,
    read,
    follow: (next: typeof stack) => {
      stack = next;
    },
  };
}

test('what the table tells is the very same while nobody writes', (t) => {
  const { read } = setUp(t);
  assert.equal(read(), read());
});

test('what another process writes is seen at the next look', (t) => {
  const { other, read } = setUp(t);
  read();
  writeDesired(other, { service: 'feed', wanted: 'running', nowMs: 1, actor: 'operator' });
  assert.deepEqual([...read().wanted], ['feed']);
  claimStatus(other, {
    ...{ service: 'feed', instance: '0', host: 'here', ...FEED },
    ...{ nowMs: 5, heartbeatEveryMs: 1_000, version: null, mode: null },
  });
  assert.deepEqual(
    read().statuses.map(({ heartbeatAtMs }) => heartbeatAtMs),
    [5],
  );
});

test('what the watchdog writes itself is seen too', (t) => {
  const { own, read } = setUp(t);
  assert.deepEqual(read().unready, {});
  recordReadiness(own, 'feed', FEED, false);
  assert.deepEqual(read().unready, { feed: '7 70' });
});

test('answers to health checks are read as soon as a new manifest asks for them', (t) => {
  const { other, read, follow } = setUp(t);
  const answer = {
    name: 'web',
    kind: 'liveness',
    process: FEED,
    ok: true,
    reason: '200',
    sinceMs: 1,
    atMs: 1,
  } as const;
  writeChecks(other, [{ service: 'feed', instance: '0', ...answer }], 1);
  assert.equal(read().checks.length, 0);
  const check: HealthCheck = {
    ...{ name: 'web', kind: 'liveness', everyMs: 1_000, timeoutMs: 1_000, failures: 1, successes: 1 },
    probe: { kind: 'tcp', port: 1 },
  };
  follow(stackOf([serviceSpec('feed', { checks: [check] })]));
  assert.equal(read().checks.length, 1);
});
