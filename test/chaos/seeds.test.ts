import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../../scripts/chaos/run-seed.js';

/** `npm run chaos` goes on for minutes; here it is seconds, to keep the suite itself whole and to look at every promise once. */
const FOR_MS = 20_000;

for (const seed of [1, 2]) {
  test(`chaos, seed ${seed}: whatever happens, nothing runs twice, nothing is lost and no stranger is touched`, async () => {
    const steps: string[] = [];
    const { violations, folder } = await runSeed({
      seed,
      forMs: FOR_MS,
      keep: false,
      onStep: (text) => steps.push(text),
    });
    assert.deepEqual(violations, [], `${steps.join('\n')}\nfolder: ${folder}`);
    assert.ok(steps.length >= 1, `only ${steps.length} steps`);
  });
}
