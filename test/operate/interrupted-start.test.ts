import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { StartStep } from '../../src/core/start-plan.js';
import type { OperateContext } from '../../src/operate/context.js';
import { startStack } from '../../src/operate/start-stack.js';
import { homePaths } from '../../src/process/home.js';
import { readDesired, writeDesired } from '../../src/store/desired.js';
import { tempFolder } from '../service/rig.js';
import { serviceSpec, stackOf } from '../stack-literals.js';
import { twoConnections } from '../store/two-connections.js';

const NAMES = ['fresh', 'stopped', 'wanted'];
const STEPS: readonly StartStep[] = NAMES.map((name) => ({
  kind: 'start',
  service: name,
  key: name,
  clear: [],
  earlier: [],
}));

/** Ctrl-C came before the first effect. */
function interrupted(t: Parameters<typeof tempFolder>[0], actor: string) {
  const { a: db } = twoConnections(t);
  const root = tempFolder(t);
  for (const [service, wanted] of [
    ['stopped', 'stopped'],
    ['wanted', 'running'],
  ] as const)
    writeDesired(db, { service, wanted, nowMs: 5, actor: 'ann', manifestHash: 'old' });
  const context: OperateContext = {
    ...{ stack: stackOf(NAMES.map((name) => serviceSpec(name))), paths: homePaths(root, root), db, actor },
    ...{ launcher: '', sigctlBin: '', watchdog: '', shellEnv: {}, command: 'start', nowMs: () => 9 },
    onLaunch: () => assert.fail('nothing may be launched'),
    onNote: () => undefined,
    onProgress: () => undefined,
    signal: AbortSignal.abort(),
  };
  const start = () => startStack(context, STEPS, [], { mode: '', launchAnyway: false });
  return { start, db, root };
}

test('a start that is interrupted before its first launch starts no daemon, and nothing is wanted that was not', async (t) => {
  const { start, db, root } = interrupted(t, 'bob');
  const before = readDesired(db);
  assert.deepEqual(
    await start(),
    NAMES.map((name) => ({ kind: 'interrupted', service: name, key: name, launched: false })),
  );
  assert.deepEqual(readDesired(db), before);
  assert.deepEqual(readdirSync(root), []);
});

test('a boot that is interrupted by the next shutdown goes on wanting what it was to start', async (t) => {
  const { start, db } = interrupted(t, 'boot');
  await start();
  assert.deepEqual(
    readDesired(db).map(({ service, wanted }) => `${service} ${wanted}`),
    NAMES.map((name) => `${name} running`),
  );
});
