import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Duty, type LastDuty, runDuties } from '../../../src/services/watchdog/duty.js';

/** Runs duties on the real clock until they end it themselves. */
async function run(duties: (end: () => void) => readonly (Duty | LastDuty)[]): Promise<readonly string[]> {
  const end = new AbortController();
  const troubles: string[] = [];
  await runDuties(
    duties(() => end.abort()),
    {
      monotonicMs: () => performance.now(),
      signal: end.signal,
      log: {
        info: () => undefined,
        warn: () => undefined,
        trouble: (msg, error) => void troubles.push(`${msg}: ${error}`),
      },
    },
  );
  return troubles;
}

/** Ends everything after so many runs. */
function counted(runs: number, end: () => void, everyMs: Duty['everyMs'] = 5): Duty & { readonly count: () => number } {
  let count = 0;
  return {
    name: 'counted',
    everyMs,
    count: () => count,
    run: () => {
      count += 1;
      if (count === runs) end();
    },
  };
}

test('a duty that throws, at once or later, is logged and called again, and the others go on', async () => {
  const calls = { now: 0, later: 0 };
  const troubles = await run((end) => [
    {
      name: 'throws',
      everyMs: 5,
      run: () => {
        calls.now += 1;
        throw new Error('now');
      },
    },
    {
      name: 'rejects',
      everyMs: 5,
      run: async () => {
        calls.later += 1;
        if (calls.later === 3) end();
        throw new Error('later');
      },
    },
    counted(Number.POSITIVE_INFINITY, end),
  ]);
  assert.ok(calls.now >= 3 && calls.later === 3, JSON.stringify(calls));
  assert.equal(troubles.filter((trouble) => trouble === 'rejects failed: Error: later').length, 3);
  assert.equal(troubles.filter((trouble) => trouble === 'throws failed: Error: now').length, calls.now);
});

test('a duty that is at work is not begun again, while the others go on beside it', async () => {
  let begun = 0;
  let finish: () => void = () => undefined;
  const others: Duty[] = [];
  await run((end) => {
    const other = counted(10, () => {
      finish();
      end();
    });
    others.push(other);
    return [
      {
        name: 'long',
        everyMs: 1,
        run: () => {
          begun += 1;
          return new Promise<void>((resolve) => {
            finish = resolve;
          });
        },
      },
      other,
    ];
  });
  assert.equal(begun, 1);
});

test('a duty alone is begun again after it was at work', async () => {
  let runs = 0;
  await run((end) => [
    {
      name: 'alone',
      everyMs: 5,
      run: async () => {
        runs += 1;
        await new Promise(setImmediate);
        if (runs === 3) end();
      },
    },
  ]);
  assert.equal(runs, 3);
});

test('a period that changes is asked for after each run, and duties of one period run in their order', async () => {
  const order: string[] = [];
  await run((end) => {
    const first = counted(6, end, () => (first.count() < 3 ? 1 : 7));
    const note = (name: string, duty: Duty): Duty => ({
      ...duty,
      run: () => {
        order.push(name);
        return duty.run();
      },
    });
    return [note('first', first), note('second', { name: 'second', everyMs: 7, run: () => undefined })];
  });
  assert.deepEqual(order.slice(0, 2), ['first', 'second']);
  assert.ok(order.filter((name) => name === 'second').length >= 2, order.join());
});

test('at the end what is at work is waited for, and then everything is drained in order', async () => {
  const order: string[] = [];
  const troubles = await run((end) => [
    {
      name: 'at work',
      everyMs: 5,
      run: async () => {
        end();
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push('over');
      },
      drain: () => {
        order.push('drained');
        throw new Error('no');
      },
    },
    { name: 'last', drain: async () => void order.push('last') },
  ]);
  assert.deepEqual(order, ['over', 'drained', 'last']);
  assert.deepEqual(troubles, ['at work failed: Error: no']);
});
