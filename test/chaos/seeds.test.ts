import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../../scripts/chaos/run-seed.js';

/** `npm run chaos` goes on for minutes; here it is seconds, to keep the suite itself whole and to look at every promise once. */
const FOR_MS = 20_000;
/** No second step begins. */
const ONE_STEP_MS = 1;

for (const [seed, forMs] of [
  [1, FOR_MS],
  [2, FOR_MS],
  // Kills PM2 and the watchdog at once, then a service, then the first `recover` (test/chaos/decisions.test.ts).
  [699, ONE_STEP_MS],
] as const) {
  test(`chaos, seed ${seed}: whatever happens, nothing runs twice, nothing is lost and no stranger is touched`, async () => {
    const steps: string[] = [];
    const { violations, folder } = await runSeed({
      seed,
      forMs,
      keep: false,
      onStep: (text) => steps.push(text),
    });
    assert.deepEqual(violations, [], `${steps.join('\n')}\nfolder: ${folder}`);
    assert.ok(steps.length >= 1, `only ${steps.length} steps`);
  });
}
