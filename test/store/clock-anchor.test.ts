import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createClockFollower } from '../../src/services/watchdog/follow-clock.js';
import { type ClockReading, readAnchorMs, readClocks, writeAnchor } from '../../src/store/clock-anchor.js';
import { readHistory } from '../../src/store/history.js';
import { openStatusDb, type StatusDb } from '../../src/store/open.js';
import { claimStatus, readStatuses, readStatusesAsWritten } from '../../src/store/service-status.js';

const HOUR_MS = 3_600_000;

function openTable(t: TestContext): StatusDb {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-store-'));
  const db = openStatusDb(join(folder, 'status.db'));
  t.after(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return db;
}

function clocks(): ClockReading {
  const found = readClocks();
  assert.ok(found !== undefined);
  return found;
}

function heartbeat(db: StatusDb, nowMs: number): void {
  claimStatus(db, {
    ...{ service: 'a', instance: '0', host: 'h', pid: 7, startToken: '1', nowMs },
    ...{ heartbeatEveryMs: 1_000, version: null, mode: null },
  });
}

const ageMs = (db: StatusDb): number => Date.now() - (readStatuses(db)[0]?.heartbeatAtMs ?? 0);

for (const stepMs of [5 * HOUR_MS, -5 * HOUR_MS]) {
  test(`a reader sees that the clock was set by ${stepMs / HOUR_MS} h before the watchdog does`, (t) => {
    const db = openTable(t);
    const clock = clocks();
    // As it was before the step, when the heartbeat was one second old.
    writeAnchor(db, { ...clock, aheadMs: clock.aheadMs - stepMs });
    heartbeat(db, clock.nowMs - stepMs - 1_000);
    assert.ok(ageMs(db) >= 1_000 && ageMs(db) < HOUR_MS, `${ageMs(db)} ms`);
    // One that is written after the step stands.
    heartbeat(db, Date.now());
    assert.ok(ageMs(db) >= 0 && ageMs(db) < HOUR_MS, `${ageMs(db)} ms`);
  });

  test(`a watchdog that starts after the clock was set by ${stepMs / HOUR_MS} h notes it, once`, (t) => {
    const db = openTable(t);
    const clock = clocks();
    writeAnchor(db, { ...clock, aheadMs: clock.aheadMs - stepMs });
    heartbeat(db, clock.nowMs - stepMs - 1_000);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined, trouble: assert.fail };
    const follow = createClockFollower({ db, version: '0', log }, () => clock);
    for (let look = 0; look < 3; look += 1) follow(readStatusesAsWritten(db));
    assert.equal(readAnchorMs(db, clock), clock.aheadMs);
    assert.equal(readHistory(db, { services: [], kinds: ['clock-step'], limit: 9 }).length, 1);
    assert.ok(ageMs(db) >= 1_000 && ageMs(db) < HOUR_MS, `${ageMs(db)} ms`);
  });
}

test('what another boot, or somebody else, left as an anchor is none', (t) => {
  const db = openTable(t);
  const clock = clocks();
  assert.equal(readAnchorMs(db, clock), undefined);
  writeAnchor(db, { ...clock, bootId: 'another' });
  assert.equal(readAnchorMs(db, clock), undefined);
  heartbeat(db, clock.nowMs);
  assert.ok(ageMs(db) >= 0 && ageMs(db) < HOUR_MS);
});
