import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planMode } from '../../src/core/mode-plan.js';

const SERVICES = ['website', 'trading', 'market-data', 'signals'];

function plan(members: readonly string[], running: readonly string[], present: readonly string[] = running) {
  return planMode({
    mode: 'standard',
    members,
    services: SERVICES,
    running: new Set(running),
    present: new Set(present),
  });
}

test('planMode() starts what is missing, stops what does not belong, and leaves the rest untouched', () => {
  assert.deepEqual(plan(['website', 'trading'], ['trading', 'signals']), {
    mode: 'standard',
    stop: ['signals'],
    start: ['website'],
    keep: ['trading'],
  });
});

test('planMode() has nothing to change when the mode holds already', () => {
  assert.deepEqual(plan(['website'], ['website']), { mode: 'standard', stop: [], start: [], keep: ['website'] });
});

test('planMode() starts a service of the mode that has only some of its processes, and never stops it', () => {
  assert.deepEqual(plan(['website'], [], ['website']), { mode: 'standard', stop: [], start: ['website'], keep: [] });
});

test('planMode() stops a service without a process that PM2 would start again', () => {
  assert.deepEqual(plan([], [], ['signals']).stop, ['signals']);
});

test('planMode() leaves out names that the manifest does not define', () => {
  assert.deepEqual(plan(['website', 'ghost'], ['ghost']), {
    mode: 'standard',
    stop: [],
    start: ['website'],
    keep: [],
  });
});

test('the lists of planMode() are disjoint, in manifest order, and cover the mode, for each combination', () => {
  const subsets = Array.from({ length: 16 }, (_, bits) => SERVICES.filter((_, index) => (bits & (1 << index)) !== 0));
  for (const members of subsets) {
    for (const running of subsets) {
      for (const extra of subsets) {
        const { stop, start, keep } = plan([...members].reverse(), running, [...running, ...extra]);
        assert.deepEqual(
          SERVICES.filter((name) => start.includes(name) || keep.includes(name)),
          members,
        );
        assert.equal(new Set([...stop, ...start, ...keep]).size, stop.length + start.length + keep.length);
        for (const list of [stop, start, keep])
          assert.deepEqual(
            list,
            SERVICES.filter((name) => list.includes(name)),
          );
      }
    }
  }
});
