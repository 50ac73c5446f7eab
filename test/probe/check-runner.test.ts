import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ProbeAnswer } from '../../src/core/check-state.js';
import type { HealthCheck } from '../../src/core/stack.js';
import type { StoredCheck } from '../../src/core/stored-check.js';
import { type CheckTarget, createCheckRunner } from '../../src/probe/check-runner.js';

const OK = { ok: true, reason: 'HTTP 200 in 1ms' };
const BAD = { ok: false, reason: 'HTTP 503 in 1ms' };

function check(name: string, rest: Partial<HealthCheck> = {}): HealthCheck {
  return {
    ...{ name, kind: 'liveness', probe: { kind: 'tcp', port: 1 } },
    ...{ everyMs: 10_000, timeoutMs: 2_000, failures: 2, successes: 1, ...rest },
  };
}

function target(service: string, checks: readonly HealthCheck[], pid = 812): CheckTarget {
  return { service, instance: '0', process: { pid, startToken: '5000' }, checks, isStarting: () => false };
}

/** A runner whose probes answer when the test says so, with a record of all that it does. `random` is 0.5: no jitter, first question half into its time. */
function rig(random: () => number = () => 0.5) {
  const asked: string[] = [];
  const closed: string[] = [];
  const written: StoredCheck[][] = [];
  const waiting = new Map<string, (answer: ProbeAnswer) => void>();
  let isLocked = false;
  const runner = createCheckRunner({
    open: ({ service, process }, { name }) => {
      const id = `${service} ${name} ${process.pid}`;
      return {
        ask: () => {
          asked.push(id);
          assert.equal(waiting.has(id), false, `${id} is asked twice at once`);
          return new Promise((resolve) => waiting.set(id, resolve));
        },
        close: async () => void closed.push(id),
      };
    },
    record: (rows) => {
      if (isLocked) throw new Error('SQLITE_BUSY');
      written.push([...rows]);
    },
    random,
  });
  return {
    ...{ runner, asked, closed, written },
    lock: (locked: boolean) => {
      isLocked = locked;
    },
    answer: async (id: string, answer: ProbeAnswer) => {
      const resolve = waiting.get(id);
      assert.ok(resolve, `${id} was not asked`);
      waiting.delete(id);
      resolve(answer);
      await turn();
    },
  };
}

test('each check is first asked at a moment of its own, then by its interval from then on', async () => {
  const { runner, asked, answer } = rig();
  const targets = [target('web', [check('a')])];
  runner.tick(targets, 0, 0);
  runner.tick(targets, 1_499, 0);
  assert.deepEqual(asked, []);
  runner.tick(targets, 1_500, 0);
  assert.deepEqual(asked, ['web a 812']);
  await answer('web a 812', OK);
  runner.tick(targets, 11_499, 0);
  assert.equal(asked.length, 1);
  runner.tick(targets, 11_500, 0);
  assert.equal(asked.length, 2);
});

test('a check that has not answered is not asked again, and does not hold up the others', () => {
  const { runner, asked } = rig();
  const targets = [target('web', [check('slow'), check('fast')])];
  runner.tick(targets, 0, 0);
  runner.tick(targets, 1_500, 0);
  runner.tick(targets, 60_000, 0);
  assert.deepEqual(asked, ['web slow 812', 'web fast 812']);
});

test('no more than six are asked at once; the rest follows as they answer, the most overdue first', async () => {
  let call = 0;
  const { runner, asked, answer } = rig(() => 1 - ++call / 100);
  const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
  const targets = [
    target(
      'web',
      names.map((name) => check(name)),
    ),
  ];
  runner.tick(targets, 0, 0);
  runner.tick(targets, 5_000, 0);
  assert.deepEqual(
    asked,
    ['c19', 'c18', 'c17', 'c16', 'c15', 'c14'].map((name) => `web ${name} 812`),
  );
  await answer('web c17 812', OK);
  runner.tick(targets, 5_500, 0);
  assert.deepEqual(asked.slice(6), ['web c13 812']);
});

test('an answer is written when it turns, and again every 30 s so that readers see that somebody asks', async () => {
  const { runner, written, answer } = rig();
  const targets = [target('web', [check('a', { everyMs: 1_000 })])];
  let monoMs = 0;
  const step = async (reply?: ProbeAnswer) => {
    monoMs += 1_000;
    runner.tick(targets, monoMs, 1_000_000 + monoMs);
    if (reply !== undefined) await answer('web a 812', reply);
  };
  await step();
  await step(OK);
  await step(OK);
  assert.deepEqual(
    written.flat().map(({ ok, reason, sinceMs, atMs }) => [ok, reason, sinceMs, atMs]),
    [[true, OK.reason, 1_003_000, 1_003_000]],
  );
  await step(BAD);
  await step(BAD);
  await step(BAD);
  assert.deepEqual(
    runner.failing().map(({ check: { name }, reason }) => [name, reason]),
    [['a', BAD.reason]],
  );
  assert.equal(written.flat().at(-1)?.ok, false);
  const before = written.length;
  while (monoMs < 36_000) await step(BAD);
  assert.deepEqual(
    written
      .slice(before)
      .flat()
      .map(({ atMs }) => atMs),
    [1_033_000],
  );
});

test('an answer that could not be written is written by the next tick', async () => {
  const { runner, written, answer, lock } = rig();
  const targets = [target('web', [check('a')])];
  runner.tick(targets, 0, 0);
  runner.tick(targets, 1_500, 0);
  await answer('web a 812', OK);
  lock(true);
  assert.throws(() => runner.tick(targets, 2_000, 2_000), /SQLITE_BUSY/);
  lock(false);
  runner.tick(targets, 2_500, 2_500);
  assert.deepEqual(
    written.flat().map(({ name, ok }) => [name, ok]),
    [['a', true]],
  );
});

test('a new process of a service starts with no answer, and what comes late from the old one is dropped', async () => {
  const { runner, asked, closed, written, answer } = rig();
  const checks = [check('a', { failures: 1 })];
  runner.tick([target('web', checks, 1)], 0, 0);
  runner.tick([target('web', checks, 1)], 1_500, 0);
  runner.tick([target('web', checks, 2)], 2_000, 0);
  assert.deepEqual(closed, ['web a 1']);
  await answer('web a 1', BAD);
  runner.tick([target('web', checks, 2)], 3_500, 0);
  assert.deepEqual(asked, ['web a 1', 'web a 2']);
  assert.deepEqual(runner.failing(), []);
  await answer('web a 2', BAD);
  runner.tick([target('web', checks, 2)], 4_000, 0);
  assert.deepEqual(
    written.flat().map(({ process }) => process.pid),
    [2],
  );
  assert.deepEqual(
    runner.failing().map(({ target: { process } }) => process.pid),
    [2],
  );
});

test('a check that changed in the manifest is another check; one that stayed the same goes on', () => {
  const { runner, closed, asked } = rig();
  runner.tick([target('web', [check('a'), check('b')])], 0, 0);
  runner.tick([target('web', [check('a', { timeoutMs: 9 }), check('b')])], 1_000, 0);
  assert.deepEqual(closed, ['web a 812']);
  runner.tick([target('web', [check('a', { timeoutMs: 9 }), check('b')])], 1_500, 0);
  assert.deepEqual(asked, ['web b 812']);
});

test('a probe that throws is a failed answer with its reason', async () => {
  const runner = createCheckRunner({
    open: () => ({ ask: () => Promise.reject(new Error('Cannot read log')), close: async () => undefined }),
    record: () => undefined,
    random: () => 0,
  });
  const targets = [target('web', [check('a', { failures: 1 })])];
  runner.tick(targets, 0, 0);
  await turn();
  runner.tick(targets, 500, 0);
  assert.deepEqual(
    runner.failing().map(({ reason }) => reason),
    ['cannot be asked: Cannot read log'],
  );
});
