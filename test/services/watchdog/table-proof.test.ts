import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createTableProof } from '../../../src/services/watchdog/table-proof.js';
import { openStatusDb } from '../../../src/store/open.js';

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-table-proof-'));
  const file = join(folder, 'status.db');
  const [own, other] = [openStatusDb(file), openStatusDb(file)];
  t.after(() => {
    own.close();
    other.close();
    rmSync(folder, { recursive: true });
  });
  own.pragma('busy_timeout = 1234');
  let clockMs = 0;
  const proof = createTableProof({ db: own, nowMs: () => 1, monotonicMs: () => clockMs });
  const probeAfter = (ms: number): number => {
    clockMs += ms;
    proof.probe();
    return proof.writableForMs();
  };
  const pass = (ms: number): void => {
    clockMs += ms;
  };
  return { own, other, proof, probeAfter, pass };
}

test('the time counts from the first probe that got through', (t) => {
  const { proof, probeAfter } = setUp(t);
  assert.equal(proof.writableForMs(), 0);
  assert.deepEqual([probeAfter(500), probeAfter(500), probeAfter(500)], [0, 500, 1_000]);
});

test('a lock of somebody else takes the proof away, and its end begins a new one', (t) => {
  const { own, other, probeAfter } = setUp(t);
  probeAfter(500);
  assert.equal(probeAfter(500), 500);
  other.exec('BEGIN IMMEDIATE');
  assert.deepEqual([probeAfter(500), probeAfter(500)], [0, 0]);
  other.exec('COMMIT');
  assert.deepEqual([probeAfter(500), probeAfter(500)], [0, 500]);
  assert.equal(own.pragma('busy_timeout', { simple: true }), 1234);
});

test('a pause between two probes proves nothing', (t) => {
  const { proof, probeAfter, pass } = setUp(t);
  probeAfter(500);
  assert.deepEqual([probeAfter(500), probeAfter(60_000)], [500, 0]);
  pass(60_000);
  assert.equal(proof.writableForMs(), 0);
});
