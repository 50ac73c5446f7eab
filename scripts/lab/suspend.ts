import assert from 'node:assert/strict';
import { assertAllWork, startBeating } from './clock.js';
import type { Lab } from './lab.js';

/** Above every limit of its services. */
const SLEEP_MS = 25_000;

/** A real suspend (to idle): for longer than every limit nothing runs, and nobody is blamed for it afterwards. */
export async function showSuspend(lab: Lab): Promise<void> {
  const pids = await startBeating(lab);
  const before = await readClocks(lab);
  await lab.suspend(SLEEP_MS);
  const after = await readClocks(lab);
  lab.tell(
    `slept: the time of day went on by ${after.wallMs - before.wallMs} ms, CLOCK_MONOTONIC by ${after.monotonicMs - before.monotonicMs} ms`,
  );
  assert.match(lab.kernelLog(), /PM: suspend entry[\s\S]*PM: suspend exit/);
  await assertAllWork(lab, pids);
  await lab.sigctl('status');
  await lab.sigctl('history');
  const { events } = JSON.parse(await lab.sigctl('history --json')) as { events: { kind: string }[] };
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'exit'),
    [],
    'nobody was restarted',
  );
  await lab.sigctl('stop');
}

async function readClocks(lab: Lab): Promise<{ readonly wallMs: number; readonly monotonicMs: number }> {
  const [wall, monotonic] = (
    await lab.sh('node -p \'Date.now() + " " + Number(process.hrtime.bigint() / 1000000n)\'')
  ).split(' ');
  return { wallMs: Number(wall), monotonicMs: Number(monotonic) };
}
