import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExitRules } from '../../src/core/exit-rules.js';
import { type AbsentInput, describeExit, judgeAbsent } from '../../src/core/judge-absent.js';
import type { Holdback, ObservedProcess, ProcessExit } from '../../src/core/observed-process.js';

const NOW = 1_000_000;

type Absent = Extract<ObservedProcess, { kind: 'none' }>;

const RULES: ExitRules = { oneshot: false, successCodes: [0], neverCodes: [2] };
const ONESHOT: ExitRules = { oneshot: true, successCodes: [0, 4], neverCodes: [] };
const exit = (code: number | null, signal: string | null = null): ProcessExit => ({ atMs: NOW - 3_000, code, signal });
const gone = (over: Partial<Absent> = {}): Absent => ({
  kind: 'none',
  lastExit: exit(3),
  starts: 4,
  breakerOpen: false,
  holdback: null,
  leftovers: [],
  ...over,
});
const holdback = (restartsInMs: number | null): Holdback => ({
  exits: 4,
  breaker: { exits: 5, withinMs: 120_000 },
  restartsInMs,
});
const judged = (process: Absent, over: Partial<AbsentInput> = {}) =>
  judgeAbsent({ service: 'x', wanted: true, status: undefined, exitRules: RULES, nowMs: NOW, ...over }, process);

test('describeExit() names code or signal, and the age only where the time is known', () => {
  assert.equal(describeExit(null, NOW), '');
  assert.equal(describeExit({ ...exit(null, 'SIGSEGV'), atMs: NOW - 65_000 }, NOW), 'killed by SIGSEGV, 1m 05s ago');
  assert.equal(describeExit({ ...exit(0), atMs: null }, NOW), 'exited with code 0');
});

test('a service that waits for its restart is down, and says when it comes and how near the breaker is', () => {
  assert.deepEqual(judged(gone({ holdback: holdback(3_250) })), {
    verdict: 'down',
    reason: 'exited with code 3, 3.0s ago; restarts in 3.2s (exit 4 of 5 within 2m)',
    next: 'sigctl logs x',
  });
});

test('an open breaker is a crash loop: it tells the exits, the last of them and how to close it', () => {
  assert.deepEqual(judged(gone({ breakerOpen: true, holdback: { ...holdback(null), exits: 5 } })), {
    verdict: 'crash-loop',
    reason: 'gave up after 5 exits within 2m; exited with code 3, 3.0s ago; "sigctl start x" tries again',
    next: 'sigctl logs x',
  });
});

test('an open breaker that PM2 counted for itself, in a cluster, tells the number of starts', () => {
  assert.equal(
    judged(gone({ breakerOpen: true, lastExit: null })).reason,
    'gave up after 4 starts; "sigctl start x" tries again',
  );
});

test('an exit with a code that is not restarted is down for good, and start is the next command', () => {
  assert.deepEqual(judged(gone({ lastExit: exit(2) })), {
    verdict: 'down',
    reason: 'exited with code 2, which is not restarted, 3.0s ago',
    next: 'sigctl start x',
  });
});

test('a oneshot service that ended with a success code is stopped although it is wanted, and nothing is to be done', () => {
  for (const code of [0, 4]) {
    assert.deepEqual(judged(gone({ lastExit: exit(code) }), { exitRules: ONESHOT }), {
      verdict: 'stopped',
      reason: `completed with code ${code}, 3.0s ago`,
    });
  }
});

test('a oneshot service that failed, or was killed, is down', () => {
  const failed = judged(gone({ lastExit: exit(3) }), { exitRules: ONESHOT });
  assert.deepEqual([failed.verdict, failed.next], ['down', 'sigctl start x']);
  // PM2 stores a death by signal as code 0.
  for (const code of [null, 0]) {
    const killed = judged(gone({ lastExit: exit(code, 'SIGKILL') }), { exitRules: ONESHOT });
    assert.deepEqual([killed.verdict, killed.reason], ['down', 'killed by SIGKILL, 3.0s ago']);
  }
});

test('a success code is no completion of a service that is to run for ever', () => {
  assert.equal(judged(gone({ lastExit: exit(0) })).verdict, 'down');
});

test('a oneshot service whose children still hold its lock has not completed', () => {
  assert.equal(judged(gone({ lastExit: exit(0), leftovers: [7] }), { exitRules: ONESHOT }).verdict, 'down');
});
