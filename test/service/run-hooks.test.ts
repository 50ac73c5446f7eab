import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHooks } from '../../src/service/run-hooks.js';

const PLENTY_MS = 60_000;

test('runHooks() runs the last added first, one after the other, and gives each the reason', async () => {
  const seen: string[] = [];
  const hook = (name: string) => async (reason: string) => {
    seen.push(`${name} begins: ${reason}`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
  };
  assert.deepEqual(await runHooks([hook('a'), hook('b')], 'SIGINT', PLENTY_MS), { late: false, failures: [] });
  assert.deepEqual(seen, ['b begins: SIGINT', 'b ends', 'a begins: SIGINT', 'a ends']);
});

test('runHooks() goes on after a hook that throws or rejects, and reports each failure', async () => {
  const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
  let ran = false;
  const hooks = [
    () => {
      ran = true;
    },
    () => Promise.reject(rejected),
    () => {
      throw thrown;
    },
  ];
  assert.deepEqual(await runHooks(hooks, 'SIGINT', PLENTY_MS), { late: false, failures: [thrown, rejected] });
  assert.ok(ran);
});

test('runHooks() returns at its deadline, though a hook never ends', async () => {
  assert.deepEqual(await runHooks([() => new Promise(() => undefined)], 'SIGINT', 20), { late: true, failures: [] });
});
