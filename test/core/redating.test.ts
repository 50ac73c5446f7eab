import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRedating, redate } from '../../src/core/redating.js';
import type { StatusRow } from '../../src/core/status-row.js';

const NOW_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

const ROW: StatusRow = {
  ...{ service: 'a', instance: '0', host: 'h', pid: 100, startToken: '7', state: 'running', reason: null },
  ...{ heartbeatAtMs: NOW_MS - 1_000, heartbeatEveryMs: 5_000, progressName: 'cycle', progressSeq: 3 },
  ...{ progressAtMs: NOW_MS - 60_000, progressWithinMs: null, generation: 1, version: null, mode: null },
  ...{ rssBytes: null, loopLagMs: null, detail: null },
};

for (const stepMs of [3 * HOUR_MS, -3 * HOUR_MS]) {
  test(`a clock that is set by ${stepMs / HOUR_MS} h leaves heartbeat and progress as old as they are`, () => {
    const nowMs = NOW_MS + stepMs;
    const known = planRedating({ stepMs, nowMs, before: [ROW], rows: [ROW], known: [] });
    const seen = redate(ROW, known);
    assert.deepEqual(
      { heartbeat: nowMs - seen.heartbeatAtMs, progress: nowMs - (seen.progressAtMs ?? 0) },
      { heartbeat: 1_000, progress: 60_000 },
    );
  });

  test(`what was written right after a step of ${stepMs / HOUR_MS} h, before anybody looked, stands as it is`, () => {
    const nowMs = NOW_MS + stepMs;
    const fresh = { ...ROW, heartbeatAtMs: nowMs - 100 };
    const known = planRedating({ stepMs, nowMs, before: [ROW], rows: [fresh], known: [] });
    assert.equal(redate(fresh, known).heartbeatAtMs, nowMs - 100);
    // Of the half second before it, by the old clock.
    const late = { ...ROW, heartbeatAtMs: NOW_MS - 200 };
    const moved = planRedating({ stepMs, nowMs, before: [ROW], rows: [late], known: [] });
    assert.equal(redate(late, moved).heartbeatAtMs, nowMs - 200);
  });
}

test('a value that is written after the step stands, and one that is not stays moved', () => {
  const nowMs = NOW_MS + HOUR_MS;
  const known = planRedating({ stepMs: HOUR_MS, nowMs, before: [ROW], rows: [ROW], known: [] });
  const beaten = redate({ ...ROW, heartbeatAtMs: nowMs + 4_000 }, known);
  assert.equal(beaten.heartbeatAtMs, nowMs + 4_000);
  assert.equal(beaten.progressAtMs, nowMs - 60_000);
});

test('steps add up: a clock that is set and set back leaves no trace', () => {
  const first = planRedating({ stepMs: HOUR_MS, nowMs: NOW_MS + HOUR_MS, before: [ROW], rows: [ROW], known: [] });
  const second = planRedating({ stepMs: -HOUR_MS, nowMs: NOW_MS, before: [ROW], rows: [ROW], known: first });
  assert.deepEqual(redate(ROW, second), ROW);
});

test('a row of another instance, and work that never was, are left alone', () => {
  const known = planRedating({ stepMs: HOUR_MS, nowMs: NOW_MS, before: [ROW], rows: [ROW], known: [] });
  const other = { ...ROW, instance: '1' };
  assert.equal(redate(other, known), other);
  const idle = { ...ROW, progressAtMs: null };
  const none = planRedating({ stepMs: HOUR_MS, nowMs: NOW_MS, before: [idle], rows: [idle], known: [] });
  assert.equal(redate(idle, none).progressAtMs, null);
});
