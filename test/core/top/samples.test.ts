import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addLook, SAMPLES_KEPT, type Tracks } from '../../../src/core/top/samples.js';
import { topLook, topProcess } from '../../render/top/literals.js';

const NONE: Tracks = new Map();

test('addLook() tells processor time and work per second since the look before', () => {
  const first = addLook(NONE, topLook({ clockMs: 0, processes: [topProcess({}, { cpuMs: 100, progressSeq: 5 })] }));
  assert.equal(first.get('trading')?.samples.at(-1)?.cpuPercent, null);
  const second = addLook(
    first,
    topLook({ clockMs: 2_000, processes: [topProcess({}, { cpuMs: 600, progressSeq: 9 })] }),
  );
  assert.deepEqual(second.get('trading')?.samples.at(-1), {
    cpuPercent: 25,
    memoryBytes: 72 * 1024 ** 2,
    workPerSecond: 2,
  });
});

test('addLook() leaves a gap after a restart, and takes a counter that fell for no step back', () => {
  const before = addLook(NONE, topLook({ clockMs: 0, processes: [topProcess({}, { cpuMs: 900, progressSeq: 9 })] }));
  const other = addLook(before, topLook({ clockMs: 1_000, processes: [topProcess({ pid: 9 }, { cpuMs: 950 })] }));
  assert.equal(other.get('trading')?.samples.at(-1)?.cpuPercent, null);
  const fell = addLook(
    before,
    topLook({ clockMs: 1_000, processes: [topProcess({}, { cpuMs: 300, progressSeq: 1 })] }),
  );
  assert.equal(fell.get('trading')?.samples.at(-1)?.cpuPercent, 0);
  assert.equal(fell.get('trading')?.samples.at(-1)?.workPerSecond, 0);
});

test('addLook() keeps a minute, and forgets processes that are gone', () => {
  let tracks = NONE;
  for (let second = 0; second < SAMPLES_KEPT + 20; second += 1)
    tracks = addLook(tracks, topLook({ clockMs: second * 1_000 }));
  assert.equal(tracks.get('trading')?.samples.length, SAMPLES_KEPT);
  assert.equal(addLook(tracks, topLook({ processes: [] })).size, 0);
});
