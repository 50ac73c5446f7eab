import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { countRows, dumpLedger, tempDir } from './rig.js';

const EVALUATOR = fileURLToPath(new URL('../../fixtures/trading/evaluator.ts', import.meta.url));
const CANDLES = 3_000;
const KILLS = 10;

test('a ledger whose writer is killed ten times between any two instructions ends up as one that was left alone', {
  timeout: 180_000,
}, async (t) => {
  const quiet = join(tempDir(t), 'quiet.db');
  await startEvaluator(t, quiet).finished;
  assert.equal(countRows(quiet, 'evaluations'), CANDLES);

  const killed = join(tempDir(t), 'killed.db');
  let cutShort = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { child, begun, finished } = startEvaluator(t, killed);
    await begun;
    // Wait for a share of the work and then for an odd moment, to die anywhere in a transaction.
    while (countRows(killed, 'evaluations') < (CANDLES * kill) / (KILLS + 1) && child.exitCode === null) await delay(2);
    await delay(Math.random() * 5);
    child.kill('SIGKILL');
    if (!(await finished)) cutShort += 1;
  }
  // How many depends on the machine: the last ones come when there is little left to do.
  assert.ok(cutShort >= 2, `only ${cutShort} of ${KILLS} kills came before the end`);
  assert.equal(await startEvaluator(t, killed).finished, true);
  assert.deepEqual(dumpLedger(killed), dumpLedger(quiet));
});

/** `finished` says whether it came to its end. */
function startEvaluator(
  t: TestContext,
  path: string,
): { child: ChildProcess; begun: Promise<unknown>; finished: Promise<boolean> } {
  const child = spawn(process.execPath, ['--import', 'tsx', EVALUATOR, path, String(CANDLES)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const lines = child.stdout === null ? assert.fail('no stdout') : createInterface(child.stdout);
  const begun = Promise.race([once(lines, 'line'), exited]);
  return { child, begun, finished: exited.then(([code]) => code === 0) };
}
