import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reaction } from '../../src/core/stack.js';
import type { Verdict } from '../../src/core/verdict.js';
import {
  isCloseToLimit,
  NOTHING_DONE,
  planEnding,
  planWatch,
  type WatchedProcess,
  type WatchMemory,
} from '../../src/core/watch-plan.js';
import { serviceSpec } from '../stack-literals.js';

const MB = 1024 ** 2;

function watched(over: Partial<WatchedProcess> & { readonly verdict?: Verdict } = {}): WatchedProcess {
  const { verdict = 'healthy', ...rest } = over;
  return {
    spec: serviceSpec('a', { memoryLimitBytes: 500 * MB, memorySoftBytes: 450 * MB }),
    wanted: true,
    judgement: { verdict, reason: 'as it is' },
    memoryBytes: 100 * MB,
    tableWritableMs: 2_000,
    ...rest,
  };
}

/** What is done at each of these looks, one after the other. */
function follow(looks: readonly WatchedProcess[]): readonly string[] {
  let memory: WatchMemory = NOTHING_DONE;
  return looks.map((look) => {
    const plan = planWatch(look, memory);
    memory = plan.memory;
    return plan.actions
      .map((action) => (action.kind === 'tell-memory' ? 'tell' : `${action.kind} ${action.cause}`))
      .join();
  });
}

test('a soft limit is told once, and again only after memory went well below it', () => {
  const at = (megabytes: number) => watched({ memoryBytes: megabytes * MB });
  assert.deepEqual(follow([at(440), at(451), at(470), at(449), at(455), at(400), at(460)]), [
    ...['', 'tell', '', '', '', '', 'tell'],
  ]);
  const [action] = planWatch(at(460), NOTHING_DONE).actions;
  assert.deepEqual(action, { kind: 'tell-memory', reason: '460 MB of 500 MB' });
});

test('a process over its limit is ended once, with both numbers as the reason', () => {
  const over = watched({ memoryBytes: 512 * MB });
  const plan = planWatch(over, NOTHING_DONE);
  assert.deepEqual(plan.actions, [{ kind: 'end', cause: 'memory-limit', reason: '512 MB of 500 MB' }]);
  assert.deepEqual(planWatch({ ...over, memoryBytes: 550 * MB }, plan.memory).actions, []);
});

test('a process exactly at its limit, or without one, or that is not wanted, is left alone', () => {
  const without = serviceSpec('a');
  assert.deepEqual(planWatch(watched({ memoryBytes: 500 * MB }), { ...NOTHING_DONE, softTold: true }).actions, []);
  assert.deepEqual(planWatch(watched({ spec: without, memoryBytes: 900 * MB }), NOTHING_DONE).actions, []);
  assert.deepEqual(planWatch(watched({ wanted: false, memoryBytes: 900 * MB }), NOTHING_DONE).actions, []);
});

for (const [verdict, rule] of [
  ['hung', 'onHung'],
  ['stale', 'onStale'],
] as const) {
  const look = (reaction: Reaction, rest = {}) => {
    const { health } = serviceSpec('a');
    return watched({ verdict, spec: serviceSpec('a', { health: { ...health, [rule]: reaction }, ...rest }) });
  };

  test(`${verdict} with restart ends the process once`, () => {
    assert.deepEqual(follow([look('restart'), look('restart')]), [`end ${verdict}`, '']);
  });

  test(`${verdict} with alert is looked into once in each episode, and with ignore never`, () => {
    const alert = look('alert');
    assert.deepEqual(follow([alert, alert, watched(), alert]), [`diagnose ${verdict}`, '', '', `diagnose ${verdict}`]);
    assert.deepEqual(follow([look('ignore'), look('ignore')]), ['', '']);
  });

  test(`${verdict} of a service that nobody would start again is looked into, and not ended`, () => {
    const once = look('restart', { autorestart: false });
    assert.deepEqual(follow([once, once]), [`diagnose ${verdict}`, '']);
  });
}

test('verdicts that are nothing to end a process for change nothing', () => {
  for (const verdict of ['starting', 'healthy', 'degraded', 'unhealthy', 'orphaned', 'duplicate'] as const)
    assert.deepEqual(planWatch(watched({ verdict }), NOTHING_DONE).actions, [], verdict);
});

test('a tree that was told to end is killed when its time is over, or when it grows too far above its limit', () => {
  const tree = { alive: 2, sinceMs: 900, killTimeoutMs: 1_000, memoryBytes: 220 * MB, memoryLimitBytes: 200 * MB };
  assert.equal(planEnding(tree), 'wait');
  assert.equal(planEnding({ ...tree, sinceMs: 1_000 }), 'kill');
  assert.equal(planEnding({ ...tree, memoryBytes: 231 * MB }), 'kill');
  assert.equal(planEnding({ ...tree, memoryBytes: 900 * MB, memoryLimitBytes: undefined }), 'wait');
  assert.equal(planEnding({ ...tree, alive: 0, sinceMs: 5_000 }), 'gone');
});

test('a process near its limit, or one that grows towards it fast, is looked at more often', () => {
  const limit = (grownBytes: number) => ({ memoryLimitBytes: 200 * MB, grownBytes });
  assert.equal(isCloseToLimit(181 * MB, limit(0)), true);
  assert.equal(isCloseToLimit(150 * MB, limit(0)), false);
  assert.equal(isCloseToLimit(140 * MB, limit(25 * MB)), true);
  assert.equal(isCloseToLimit(170 * MB, limit(-50 * MB)), false);
  assert.equal(isCloseToLimit(900 * MB, { memoryLimitBytes: undefined, grownBytes: 0 }), false);
});

test('nobody is blamed for silence while the table cannot be written, nor right after: the next heartbeat may be on its way', () => {
  const hung = (tableWritableMs: number) => watched({ verdict: 'hung', tableWritableMs });
  assert.deepEqual(follow([hung(0), hung(500), hung(1_999), hung(2_000)]), ['', '', '', 'end hung']);
  assert.deepEqual(follow([watched({ verdict: 'stale', tableWritableMs: 0 })]), ['']);
  assert.deepEqual(follow([watched({ memoryBytes: 600 * MB, tableWritableMs: 0 })]), ['end memory-limit']);
});
