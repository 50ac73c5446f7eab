import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLease, releaseLease, renewLease, tryAcquireLease } from '../../src/store/leases.js';
import { openStatusDb } from '../../src/store/open.js';
import { bundleFixtures, run, tempFolder } from '../service/rig.js';
import { twoConnections } from './two-connections.js';

const NAME = 'collector';
const TTL_MS = 1_000;

test('tryAcquireLease() gives a free lease to the first and nothing to the second', (t) => {
  const { a, b } = twoConnections(t);
  const lease = { name: NAME, holder: 'A', generation: 1, expiresAtMs: 1_000 };
  assert.deepEqual(tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 0, ttlMs: TTL_MS }), lease);
  assert.equal(tryAcquireLease(b, { name: NAME, holder: 'B', nowMs: 999, ttlMs: TTL_MS }), undefined);
  assert.deepEqual(readLease(b, NAME), lease);
});

test('tryAcquireLease() by the holder renews and keeps the generation', (t) => {
  const { a } = twoConnections(t);
  tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 0, ttlMs: TTL_MS });
  const again = tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 500, ttlMs: TTL_MS });
  assert.deepEqual(again, { name: NAME, holder: 'A', generation: 1, expiresAtMs: 1_500 });
});

test('an expired lease goes to the next in a new generation, and the old holder can neither renew nor release it', (t) => {
  const { a, b } = twoConnections(t);
  tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 0, ttlMs: TTL_MS });
  const taken = tryAcquireLease(b, { name: NAME, holder: 'B', nowMs: 1_000, ttlMs: TTL_MS });
  assert.equal(taken?.generation, 2);
  assert.equal(renewLease(a, { name: NAME, holder: 'A', generation: 1, nowMs: 1_001, ttlMs: TTL_MS }), false);
  assert.equal(releaseLease(a, { name: NAME, holder: 'A', generation: 1 }), false);
  assert.equal(readLease(a, NAME)?.holder, 'B');
});

test('a lease from before the clock was set back goes to the next once its holder is gone, and to one of two', (t) => {
  const { a, b } = twoConnections(t);
  tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 9_000_000, ttlMs: TTL_MS });
  const asked: string[] = [];
  const acquire = (holder: string, nowMs: number, gone: boolean) =>
    tryAcquireLease(b, { name: NAME, holder, nowMs, ttlMs: TTL_MS }, (left) => {
      asked.push(left);
      return gone;
    });
  assert.equal(acquire('B', 9_000_500, true), undefined, 'one that is not longer than any is waited for');
  assert.deepEqual(asked, []);
  assert.equal(acquire('B', 1_000, false), undefined, 'its holder lives, and will renew it by the clock of now');
  assert.deepEqual(acquire('B', 1_000, true), { name: NAME, holder: 'B', generation: 2, expiresAtMs: 2_000 });
  assert.equal(acquire('C', 1_000, true), undefined);
  assert.deepEqual(asked, ['A', 'A']);
  assert.equal(renewLease(a, { name: NAME, holder: 'A', generation: 1, nowMs: 1_001, ttlMs: TTL_MS }), false);
});

test('renewLease() extends a lease, even one that has expired and nobody has taken', (t) => {
  const { a, b } = twoConnections(t);
  tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 0, ttlMs: TTL_MS });
  assert.equal(renewLease(a, { name: NAME, holder: 'A', generation: 1, nowMs: 5_000, ttlMs: TTL_MS }), true);
  assert.equal(readLease(b, NAME)?.expiresAtMs, 6_000);
});

test('releaseLease() frees at once, and the generation goes on rising', (t) => {
  const { a, b } = twoConnections(t);
  tryAcquireLease(a, { name: NAME, holder: 'A', nowMs: 0, ttlMs: TTL_MS });
  assert.equal(releaseLease(a, { name: NAME, holder: 'A', generation: 1 }), true);
  assert.equal(readLease(b, NAME), undefined);
  assert.equal(renewLease(a, { name: NAME, holder: 'A', generation: 1, nowMs: 1, ttlMs: TTL_MS }), false);
  assert.equal(tryAcquireLease(b, { name: NAME, holder: 'B', nowMs: 1, ttlMs: TTL_MS })?.generation, 2);
});

test('eight processes that race for 200 leases get each lease exactly once', async (t) => {
  const { folder, remove } = await bundleFixtures('lease-racer');
  t.after(remove);
  const path = join(tempFolder(t), 'status.db');
  openStatusDb(path).close();
  const atMs = String(Date.now() + 2_000);
  const racers = Array.from({ length: 8 }, (_, index) =>
    run(t, [process.execPath, join(folder, 'lease-racer.mjs'), path, atMs, `racer-${index}`], { env: {} }),
  );
  for (const racer of racers) assert.deepEqual(await racer.exit, { code: 0, signal: null });
  const won = racers.flatMap((racer): string[] => JSON.parse(racer.output()));
  assert.deepEqual(won.sort(), Array.from({ length: 200 }, (_, index) => `job-${index}`).sort());
});
