import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DAEMON_KEY, homePaths, lockPath } from '../../../src/process/home.js';
import { identify } from '../../../src/process/identity.js';
import { readBootId } from '../../../src/process/proc-stat.js';
import { createObserver } from '../../../src/services/watchdog/observe.js';
import { createTreeSampler } from '../../../src/services/watchdog/tree-sampler.js';
import { kill, startProgram, tempFolder, until } from '../../process/rig.js';
import { serviceSpec, stackOf } from '../../stack-literals.js';

function setUp(t: TestContext) {
  const root = tempFolder(t);
  const paths = homePaths(root, join(root, '.sigctl'));
  const stack = stackOf([serviceSpec('feed')], { root });
  const context = { stack: () => stack, paths, nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const { observe, daemon } = createObserver(context, createTreeSampler());
  /** Starts a process and writes its record, as the launcher does; always with the same time of writing. */
  const launch = async (key: string, bootId = readBootId()): Promise<number> => {
    const { pid } = await startProgram(t, '/bin/sleep', ['600']);
    const file = lockPath(paths, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${pid} ${identify(pid)?.startToken} ${bootId} start-id 1\n`);
    utimesSync(file, 1_000, 1_000);
    return pid;
  };
  const pidOf = (): number | undefined => {
    const [seen] = observe(() => false);
    return seen?.instance.process.kind === 'running' ? seen.instance.process.identity.pid : undefined;
  };
  return { launch, pidOf, daemon, forget: (key: string) => rmSync(lockPath(paths, key)) };
}

test('the successor of a service that ended is seen at once, though its record looks as old and as long as the one before', async (t) => {
  const { launch, pidOf } = setUp(t);
  assert.equal(pidOf(), undefined);
  const first = await launch('feed');
  assert.deepEqual([pidOf(), pidOf()], [first, first]);
  kill(first);
  await until(() => pidOf() === undefined);
  const second = await launch('feed');
  assert.deepEqual([pidOf(), pidOf()], [second, second]);
});

test("PM2's next daemon is seen at once, and none is seen where the record is of another boot", async (t) => {
  const { launch, pidOf, daemon, forget } = setUp(t);
  const look = (): number | undefined => {
    pidOf();
    return daemon()?.pid;
  };
  const first = await launch(DAEMON_KEY);
  assert.deepEqual([look(), look()], [first, first]);
  kill(first);
  await until(() => look() === undefined);
  const second = await launch(DAEMON_KEY);
  assert.equal(look(), second);
  kill(second);
  await until(() => look() === undefined);
  await launch(DAEMON_KEY, 'another-boot');
  assert.equal(look(), undefined);
  forget(DAEMON_KEY);
  assert.equal(look(), undefined);
});

test('a stopped daemon is told from one that runs', async (t) => {
  const { launch, pidOf, daemon } = setUp(t);
  const pid = await launch(DAEMON_KEY);
  process.kill(pid, 'SIGSTOP');
  await until(() => {
    pidOf();
    return daemon()?.state === 'T';
  });
});
