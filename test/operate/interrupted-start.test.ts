import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { StartStep } from '../../src/core/start-plan.js';
import { startStack } from '../../src/operate/start-stack.js';
import { readDesired, writeDesired } from '../../src/store/desired.js';
import { serviceSpec } from '../stack-literals.js';
import { operateContext } from './context.js';

const NAMES = ['fresh', 'stopped', 'wanted'];
const STEPS: readonly StartStep[] = NAMES.map((name) => ({
  kind: 'start',
  service: name,
  key: name,
  clear: [],
  earlier: [],
}));

/** Ctrl-C came before the first effect. */
function interrupted(t: TestContext, actor: string) {
  const specs = NAMES.map((name) => serviceSpec(name));
  const onLaunch = () => assert.fail('nothing may be launched');
  const context = operateContext(t, specs, { actor, signal: AbortSignal.abort(), onLaunch });
  const { db, paths } = context;
  for (const [service, wanted] of [
    ['stopped', 'stopped'],
    ['wanted', 'running'],
  ] as const)
    writeDesired(db, { service, wanted, nowMs: 5, actor: 'ann', manifestHash: 'old' });
  return { start: () => startStack(context, STEPS, [], { mode: '', launchAnyway: false }), db, paths };
}

test('a start that is interrupted before its first launch starts no daemon, and nothing is wanted that was not', async (t) => {
  const { start, db, paths } = interrupted(t, 'bob');
  const before = readDesired(db);
  assert.deepEqual(
    await start(),
    NAMES.map((name) => ({ kind: 'interrupted', service: name, key: name, launched: false })),
  );
  assert.deepEqual(readDesired(db), before);
  assert.equal(existsSync(paths.pm2), false);
});

test('a boot that is interrupted by the next shutdown goes on wanting what it was to start', async (t) => {
  const { start, db } = interrupted(t, 'boot');
  await start();
  assert.deepEqual(
    readDesired(db).map(({ service, wanted }) => `${service} ${wanted}`),
    NAMES.map((name) => `${name} running`),
  );
});
