import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedProcess } from '../../src/core/observed-process.js';
import { planStart, type StartCandidate } from '../../src/core/start-plan.js';

const GONE: ObservedProcess = {
  kind: 'none',
  lastExit: null,
  starts: 4,
  breakerOpen: false,
  holdback: null,
  leftovers: [],
};
const LIVE: ObservedProcess = {
  kind: 'running',
  identity: { pid: 812, startToken: '5000' },
  startedAtMs: 1,
  parent: 'pm2',
  starts: 1,
  memoryBytes: 1,
  cpuMs: 1,
  duplicates: [],
};

const candidate = (process: ObservedProcess, over: Partial<StartCandidate> = {}): StartCandidate => ({
  service: 'web',
  key: 'web-0',
  process,
  runningHash: 'aaaa',
  manifestHash: 'aaaa',
  earlier: [],
  readyWithinMs: 20_000,
  isUnready: false,
  completed: null,
  isWatched: false,
  takeBackLast: false,
  nowMs: 60_000,
  ...over,
});

test('planStart() starts what has no process, an open breaker or not', () => {
  const start = { kind: 'start', service: 'web', key: 'web-0', clear: [], earlier: [] };
  assert.deepEqual(planStart(candidate(GONE)), start);
  assert.deepEqual(planStart(candidate({ ...GONE, breakerOpen: true })), start);
});

test('planStart() does not start a oneshot service again that did its work', () => {
  const step = planStart(candidate({ ...GONE, lastExit: { atMs: 1, code: 0, signal: null } }, { completed: 0 }));
  assert.deepEqual(step, { kind: 'done', service: 'web', key: 'web-0', code: 0 });
});

test('planStart() clears the children of the last run away first, which hold the lock', () => {
  assert.deepEqual(planStart(candidate({ ...GONE, leftovers: [41, 42] })), {
    kind: 'start',
    service: 'web',
    key: 'web-0',
    clear: [41, 42],
    earlier: [],
  });
});

test('planStart() names the processes that an earlier manifest left running', () => {
  const step = planStart(candidate(GONE, { earlier: ['web'] }));
  assert.deepEqual(step.kind === 'start' && step.earlier, ['web']);
});

test('planStart() keeps what runs, without a note when all is as it should be', () => {
  const keep = { kind: 'keep', service: 'web', key: 'web-0', pid: 812, note: null };
  assert.deepEqual(planStart(candidate(LIVE)), keep);
  assert.deepEqual(planStart(candidate(LIVE, { runningHash: null })), keep);
});

test('planStart() keeps a process whose manifest entry changed, and says how to apply it', () => {
  const step = planStart(candidate(LIVE, { manifestHash: 'bbbb' }));
  assert.equal(step.kind === 'keep' && step.pid, 812);
  assert.match(step.kind === 'keep' ? (step.note ?? '') : '', /entry changed .* "sigctl restart web" applies it/);
});

test('planStart() never answers with a second copy: an orphan, even a changed one, is kept and named', () => {
  const step = planStart(candidate({ ...LIVE, parent: 'none', duplicates: [900] }, { manifestHash: 'bbbb' }));
  assert.equal(step.kind === 'keep' && step.pid, 812);
  assert.match(step.kind === 'keep' ? (step.note ?? '') : '', /^orphaned: .* "sigctl restart web" takes it back/);
});

test('planStart() says of an orphan what a watchdog is about to do, instead of what to type', () => {
  const note = (over: Partial<StartCandidate>) => {
    const step = planStart(candidate({ ...LIVE, parent: 'none' }, { isWatched: true, ...over }));
    return step.kind === 'keep' ? step.note : assert.fail(step.kind);
  };
  const runs = 'orphaned: runs, but not under PM2; the watchdog restarts it under PM2';
  assert.equal(note({}), `${runs} in a moment`);
  assert.equal(note({ takeBackLast: true }), `${runs} after all others, between its cycles`);
});

test('planStart() waits for a process that was launched a moment ago, as it may still fail', () => {
  const step = planStart(candidate(LIVE, { nowMs: 20_000 }));
  assert.equal(step.kind, 'settle');
  assert.equal(planStart(candidate(LIVE, { nowMs: 20_001 })).kind, 'keep');
  assert.equal(planStart(candidate({ ...LIVE, parent: 'none' }, { nowMs: 20_000 })).kind, 'keep');
});
