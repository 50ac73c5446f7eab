import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLease, type LeaseStore } from '../../src/service/lease.js';
import { eventually } from './rig.js';

const FREE: LeaseStore = { tryAcquire: () => 7, renew: () => true, release: () => undefined, failed: () => undefined };
const unexpected = () => assert.fail('the lease was lost');

test('a lease is held with its generation once acquired, and not any more after release()', () => {
  const released: number[] = [];
  const lease = createLease(
    { ...FREE, release: (generation) => released.push(generation) },
    { ttlMs: 60_000, onLost: unexpected },
    () => 0,
  );
  assert.deepEqual([lease.held, lease.generation], [false, 0]);
  assert.equal(lease.tryAcquire(), true);
  assert.deepEqual([lease.held, lease.generation], [true, 7]);
  lease.release();
  lease.release();
  assert.deepEqual([lease.held, released], [false, [7]]);
});

test('a lease that someone else holds, or a store that fails, is "not now"', () => {
  const failures: unknown[] = [];
  const taken = createLease({ ...FREE, tryAcquire: () => undefined }, { ttlMs: 1, onLost: unexpected }, () => 0);
  assert.deepEqual([taken.tryAcquire(), taken.held], [false, false]);
  const fault = new Error('SQLITE_BUSY');
  const failing: LeaseStore = {
    ...FREE,
    tryAcquire: () => {
      throw fault;
    },
    failed: (error) => failures.push(error),
  };
  assert.equal(createLease(failing, { ttlMs: 1, onLost: unexpected }, () => 0).tryAcquire(), false);
  assert.deepEqual(failures, [fault]);
});

test('a lease counts as lost the moment it expires, before any timer has run', () => {
  let nowMs = 0;
  const lease = createLease(FREE, { ttlMs: 90_000, onLost: unexpected }, () => nowMs);
  lease.tryAcquire();
  nowMs = 89_999;
  assert.equal(lease.held, true);
  nowMs = 90_000;
  assert.equal(lease.held, false);
  lease.release();
});

test('a lease whose renewal is refused calls onLost once', async () => {
  let lost = 0;
  const lease = createLease({ ...FREE, renew: () => false }, { ttlMs: 30, onLost: () => lost++ }, () => 0);
  lease.tryAcquire();
  await eventually(() => !lease.held, 'the loss');
  assert.equal(lost, 1);
});

test('a lease survives a store that fails until its expiry, and is lost then', async () => {
  let nowMs = 0;
  let renewals = 0;
  let lost = false;
  const failing: LeaseStore = {
    ...FREE,
    renew: () => {
      renewals += 1;
      throw new Error('SQLITE_BUSY');
    },
  };
  const lease = createLease(failing, { ttlMs: 30, onLost: () => (lost = true) }, () => nowMs);
  lease.tryAcquire();
  await eventually(() => renewals > 2, 'renewals');
  assert.deepEqual([lease.held, lost], [true, false]);
  nowMs = 30;
  await eventually(() => lost, 'the loss');
});
