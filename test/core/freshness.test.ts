import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asWatched, seeProcess, watchOn } from '../../src/core/freshness.js';
import type { ObservedProcess } from '../../src/core/observed-process.js';
import type { StatusRow } from '../../src/core/status-row.js';

const NOW_MS = 1_700_000_000_000;

const PROCESS: Extract<ObservedProcess, { kind: 'running' }> = {
  kind: 'running',
  identity: { pid: 100, startToken: '7' },
  startedAtMs: NOW_MS - 60_000,
  parent: 'pm2',
  starts: 1,
  memoryBytes: 1,
  cpuMs: 1,
  duplicates: [],
};

const ROW: StatusRow = {
  ...{ service: 'a', instance: '0', host: 'h', pid: 100, startToken: '7', state: 'running', reason: null },
  ...{ heartbeatAtMs: NOW_MS - 1_000, heartbeatEveryMs: 5_000, progressName: 'cycle', progressSeq: 3 },
  ...{ progressAtMs: NOW_MS - 2_000, progressWithinMs: null, generation: 1, version: null, mode: null },
  ...{ rssBytes: null, loopLagMs: null, detail: null },
};

/** The ages that `judge` sees after a look. */
function ages(seen: ReturnType<typeof seeProcess>, row: StatusRow, watchedMs: number, nowMs: number) {
  const watched = asWatched({ process: PROCESS, row }, seen, { watchedMs, nowMs });
  return {
    heartbeat: nowMs - (watched.row?.heartbeatAtMs ?? 0),
    progress: nowMs - (watched.row?.progressAtMs ?? 0),
    alive: nowMs - watched.process.startedAtMs,
  };
}

test('a wall clock that jumps by a day ages nothing, and one that jumps back makes nothing young', () => {
  const first = seeProcess(undefined, { process: PROCESS, row: ROW, watchedMs: 0 });
  const later = seeProcess(first, { process: PROCESS, row: ROW, watchedMs: 4_000 });
  for (const jumpMs of [86_400_000, -86_400_000, 0]) {
    const expected = { heartbeat: 4_000, progress: 4_000, alive: 4_000 };
    assert.deepEqual(ages(later, ROW, 4_000, NOW_MS + jumpMs), expected);
  }
});

test('a heartbeat that is seen to change is young again, and progress that is not grows older', () => {
  const first = seeProcess(undefined, { process: PROCESS, row: ROW, watchedMs: 0 });
  // Also one that the service wrote with a clock that went back.
  const beat = { ...ROW, heartbeatAtMs: ROW.heartbeatAtMs - 3_600_000 };
  const later = seeProcess(first, { process: PROCESS, row: beat, watchedMs: 9_000 });
  assert.deepEqual(ages(later, beat, 9_500, NOW_MS), { heartbeat: 500, progress: 9_500, alive: 9_500 });
});

test('progress proves life, also where a clock that went back keeps the heartbeat in the future', () => {
  const first = seeProcess(undefined, { process: PROCESS, row: ROW, watchedMs: 0 });
  const works = { ...ROW, progressSeq: 4 };
  const later = seeProcess(first, { process: PROCESS, row: works, watchedMs: 9_000 });
  assert.deepEqual(ages(later, works, 9_500, NOW_MS), { heartbeat: 500, progress: 500, alive: 9_500 });
});

test('a new process begins anew, with the number of the old one too', () => {
  const first = seeProcess(undefined, { process: PROCESS, row: ROW, watchedMs: 0 });
  const next = { ...PROCESS, identity: { pid: 100, startToken: '8' } };
  const seen = seeProcess(first, { process: next, row: undefined, watchedMs: 50_000 });
  assert.equal(seen.firstSeenMs, 50_000);
  assert.equal(asWatched({ process: next, row: undefined }, seen, { watchedMs: 50_100, nowMs: NOW_MS }).row, undefined);
});

test('progress that never was stays unknown, so that the age of the process counts', () => {
  const row = { ...ROW, progressSeq: null, progressAtMs: null };
  const seen = seeProcess(undefined, { process: PROCESS, row, watchedMs: 0 });
  assert.equal(asWatched({ process: PROCESS, row }, seen, { watchedMs: 5, nowMs: NOW_MS }).row?.progressAtMs, null);
});

test('watched time goes with the clock, and an absence of the watchdog counts as one step', () => {
  const begin = watchOn(undefined, 1_000);
  const ticking = watchOn(watchOn(begin, 1_500), 2_100);
  assert.equal(ticking.watchedMs, 1_100);
  const afterAbsence = watchOn(ticking, 3_600_000);
  assert.ok(afterAbsence.watchedMs <= 1_100 + 1_000);
  assert.equal(watchOn(afterAbsence, 3_600_500).watchedMs, afterAbsence.watchedMs + 500);
});
