import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedProcess } from '../../src/core/observed-process.js';
import { planStop } from '../../src/core/stop-plan.js';

const IDENTITY = { pid: 812, startToken: '5000' };
const GONE: ObservedProcess = {
  kind: 'none',
  lastExit: null,
  starts: 0,
  breakerOpen: false,
  holdback: null,
  leftovers: [],
};
const LIVE: ObservedProcess = {
  kind: 'running',
  identity: IDENTITY,
  startedAtMs: 1,
  parent: 'pm2',
  starts: 1,
  memoryBytes: 1,
  cpuMs: 1,
  duplicates: [],
};

test('planStop() stops a process by its identity, wanted or not', () => {
  for (const wanted of [true, false]) {
    assert.deepEqual(planStop('web', 'web-1', LIVE, wanted), {
      kind: 'stop',
      service: 'web',
      key: 'web-1',
      process: IDENTITY,
      parent: 'pm2',
      others: [],
    });
  }
});

test('planStop() takes an orphan and its duplicates along', () => {
  const step = planStop('web', 'web', { ...LIVE, parent: 'none', duplicates: [900, 901] }, false);
  assert.equal(step.kind === 'stop' && step.parent, 'none');
  assert.deepEqual(step.kind === 'stop' && step.others, [900, 901]);
});

test('planStop() makes PM2 forget a wanted service that has no process at this moment', () => {
  assert.deepEqual(planStop('web', 'web', GONE, true), { kind: 'forget', service: 'web', key: 'web', leftovers: [] });
});

test('planStop() ends the children that outlived a service, though it was stopped before', () => {
  assert.deepEqual(planStop('web', 'web', { ...GONE, leftovers: [41] }, false), {
    kind: 'forget',
    service: 'web',
    key: 'web',
    leftovers: [41],
  });
});

test('planStop() skips what is stopped already, so that stopping twice is no error', () => {
  assert.deepEqual(planStop('web', 'web', GONE, false), { kind: 'skip', service: 'web', key: 'web' });
});
