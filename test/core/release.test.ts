import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planPrune, RELEASE_ID, releaseId } from '../../src/core/release.js';

const day = (number: number) => `2026110${number}-120000-aaaa`;

test('releaseId() sorts by time and is a name of a release', () => {
  const id = releaseId(Date.UTC(2026, 10, 26, 4, 58, 11), 'ab12cd3');
  assert.equal(id, '20261126-045811-ab12cd3');
  assert.match(id, RELEASE_ID);
  assert.ok(id < releaseId(Date.UTC(2026, 10, 26, 4, 58, 12), '0000'));
});

test('planPrune() keeps the newest, and whatever age current, previous and those in use have', () => {
  const names = [day(5), day(1), day(4), day(3), day(2), 'notes.txt'];
  const plan = (rest: object, keep: number) =>
    planPrune({ names, current: day(5), previous: day(4), inUse: [], ...rest }, keep);
  assert.deepEqual(plan({}, 3), [day(1), day(2)]);
  assert.deepEqual(plan({}, 1), [day(1), day(2), day(3)]);
  assert.deepEqual(plan({ current: day(1), inUse: [day(2)] }, 1), [day(3)]);
  assert.deepEqual(plan({}, 9), []);
});
