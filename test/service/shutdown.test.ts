import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceRigs } from './service-rig.js';

const { rig } = serviceRigs('bad-config', 'breaker', 'crashes', 'halted', 'never-done', 'steady');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} runs the hooks, last added first, records "stopped" and exits 0`, async (t) => {
    const { start, row } = rig(t);
    const steady = start('steady');
    await steady.printed(/ready/);
    steady.child.kill(signal);
    assert.deepEqual(await steady.exit, { code: 0, signal: null });
    assert.match(steady.output(), new RegExp(`runs first: ${signal}, aborted true.*first hook, runs last`, 's'));
    assert.deepEqual([row('steady').state, row('steady').reason], ['stopped', signal]);
  });
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`a second signal ${signal} exits ${code} at once, though a hook still runs`, async (t) => {
    const { start } = rig(t);
    const service = start('never-done', { WITHIN_MS: '600000' });
    await service.printed(/ready/);
    service.child.kill('SIGINT');
    await service.printed(/stuck/);
    service.child.kill(signal);
    assert.deepEqual(await service.exit, { code, signal: null });
  });
}

test('a shutdown that passes its deadline exits 1 without the hooks that are left, and says so', async (t) => {
  const { start, row } = rig(t);
  const service = start('never-done', { WITHIN_MS: '200' });
  await service.printed(/ready/);
  service.child.kill('SIGINT');
  assert.deepEqual(await service.exit, { code: 1, signal: null });
  assert.match(service.output(), /shutdown took longer than 200 ms/);
  assert.doesNotMatch(service.output(), /unreached/);
  const { state, reason } = row('never-done');
  assert.deepEqual([state, reason], ['stopped', 'SIGINT (shutdown took longer than 200 ms)']);
});

for (const code of [0, 1]) {
  test(`stop() with exit code ${code} keeps its reason, whatever is reported on the way down`, async (t) => {
    const { start, row } = rig(t);
    const service = start('breaker', { STOP_CODE: String(code) });
    assert.deepEqual(await service.exit, { code, signal: null });
    assert.deepEqual([row('breaker').state, row('breaker').reason], ['stopped', 'circuit breaker: max drawdown']);
  });
}

test('the reason of an error stays when the operator then stops the service', async (t) => {
  const { start, row } = rig(t);
  const service = start('halted');
  await service.printed(/ready/);
  service.child.kill('SIGINT');
  assert.deepEqual(await service.exit, { code: 0, signal: null });
  const { state, reason, detail } = row('halted');
  assert.deepEqual([state, reason, detail], ['stopped', 'halted by operator', { halted: true }]);
});

const CRASHES = {
  throws: { code: 1, reason: /JSON/, line: /"level":60.*"stack"/ },
  rejects: { code: 1, reason: /^nobody caught this$/, line: /"level":60.*"stack"/ },
  'top-level': { code: 1, reason: /^thrown at the top level$/, line: /"level":60.*"stack"/ },
  exits: { code: 3, reason: /^exited with code 3$/, line: /crashes/ },
  'sets-code': { code: 4, reason: /^exited with code 4$/, line: /crashes/ },
} as const;

for (const [way, expected] of Object.entries(CRASHES)) {
  test(`a service that ends by a bug (${way}) exits ${expected.code} in state error with the cause, and runs no hook`, async (t) => {
    const { start, row } = rig(t);
    const service = start('crashes', { WAY: way });
    assert.deepEqual(await service.exit, { code: expected.code, signal: null });
    assert.equal(row('crashes').state, 'error');
    assert.match(row('crashes').reason ?? '', expected.reason);
    assert.match(service.output(), expected.line);
    assert.doesNotMatch(service.output(), /a hook ran/);
  });
}

test('a service that has nothing left to do is recorded as stopped', async (t) => {
  const { start, row } = rig(t);
  assert.deepEqual(await start('crashes', { WAY: 'finishes' }).exit, { code: 0, signal: null });
  assert.deepEqual([row('crashes').state, row('crashes').reason], ['stopped', 'nothing left to do']);
});

test('a service with a bad configuration logs every fault with a hint and no stack, and exits 2', async (t) => {
  const { start, row } = rig(t);
  const service = start('bad-config', { PORT: 'abc', FEED: 'coinbase', API_KEY: 'hunter2' });
  assert.deepEqual(await service.exit, { code: 2, signal: null });
  const line = JSON.parse(service.output().trim().split('\n').at(-1) ?? '');
  assert.deepEqual([line.level, line.code, 'err' in line], [60, 'CONFIG_INVALID', false]);
  assert.match(line.msg, /PORT is "abc".*FEED is "coinbase".*API_KEY is set \(value hidden\)/s);
  assert.match(line.hint, /ecosystem\.config\.cjs/);
  assert.equal(row('bad-config').state, 'error');
  assert.doesNotMatch(service.output(), /hunter2/);
});
