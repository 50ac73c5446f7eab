import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ProcessIdentity } from '../../../src/core/observed-process.js';
import { identify } from '../../../src/process/identity.js';
import { readPageBytes } from '../../../src/process/page-bytes.js';
import { createTreeSampler, type TreeSampler } from '../../../src/services/watchdog/tree-sampler.js';
import { kill, line, startProgram, until } from '../../process/rig.js';

/** Starts a child for each line that it reads, and prints its pid. */
const PARENT = 'while read -r _; do sleep 600 & echo $!; done; wait';

function identityOf(pid: number): ProcessIdentity {
  const identity = identify(pid);
  if (identity === undefined) throw new Error(`Process ${pid} is gone`);
  return identity;
}

async function startParent(t: TestContext) {
  const child = await startProgram(t, '/bin/sh', ['-c', PARENT], 'pipe');
  const identity = identityOf(child.pid);
  const addChild = async (): Promise<number> => {
    child.stdin?.write('\n');
    return Number(await line(child));
  };
  return { child, identity, addChild };
}

const pidsOf = (sampler: TreeSampler, process: ProcessIdentity): readonly number[] =>
  sampler.sample(process)?.members.map(({ pid }) => pid) ?? [];

test('a child counts from the first sample after it was started, and no longer when it has ended', async (t) => {
  const { identity, addChild } = await startParent(t);
  const sampler = createTreeSampler();
  assert.deepEqual(pidsOf(sampler, identity), [identity.pid]);
  const first = await addChild();
  assert.deepEqual(pidsOf(sampler, identity), [identity.pid, first]);
  const second = await addChild();
  assert.deepEqual(pidsOf(sampler, identity), [identity.pid, first, second]);
  kill(first);
  await until(() => pidsOf(sampler, identity).length === 2);
  assert.deepEqual(pidsOf(sampler, identity), [identity.pid, second]);
});

test('a child that another thread than the first started is found, and then kept', async (t) => {
  const program = `new (require('node:worker_threads').Worker)(
    "const c = require('node:child_process').spawn('sleep', ['600']); require('node:fs').writeSync(1, c.pid + '\\\\n')",
    { eval: true })`;
  const parent = await startProgram(t, process.execPath, ['-e', program]);
  const sampler = createTreeSampler();
  const identity = identityOf(parent.pid);
  sampler.sample(identity);
  const child = Number(await line(parent));
  for (let looks = 0; looks < 8; looks++) sampler.sample(identity);
  for (let looks = 0; looks < 8; looks++) assert.deepEqual(pidsOf(sampler, identity), [parent.pid, child]);
});

test('the memory of a tree is that of its members', async (t) => {
  const { identity, addChild } = await startParent(t);
  await addChild();
  const sample = createTreeSampler().sample(identity);
  const pages = sample?.members.reduce((sum, { rssPages }) => sum + rssPages, 0) ?? 0;
  assert.equal(sample?.memoryBytes, pages * readPageBytes());
});

test('a process that has ended is gone, also to the sampler that had it open, and a number alone is no process', async (t) => {
  const { child, identity } = await startParent(t);
  const sampler = createTreeSampler();
  assert.equal(sampler.look(identity)?.startToken, identity.startToken);
  assert.equal(sampler.look({ ...identity, startToken: '1' }), undefined);
  assert.equal(sampler.sample({ ...identity, startToken: '1' }), undefined);
  kill(child.pid);
  await until(() => sampler.sample(identity) === undefined);
  assert.equal(sampler.look(identity), undefined);
});

test('what was not looked at between two sweeps is looked up anew', async (t) => {
  const { identity, addChild } = await startParent(t);
  const sampler = createTreeSampler();
  const child = await addChild();
  assert.deepEqual(pidsOf(sampler, identity), [identity.pid, child]);
  sampler.sweep();
  sampler.sweep();
  assert.deepEqual(pidsOf(sampler, identity), [identity.pid, child]);
});

test('where nothing was started, members are sampled without a search; what was started is found, also a moment after its number was seen', async (t) => {
  const { identity, addChild } = await startParent(t);
  let mark: string | undefined = '1';
  const sampler = createTreeSampler(() => mark);
  const round = (): readonly number[] => {
    sampler.begin();
    return pidsOf(sampler, identity);
  };
  // The first sample of all looks at every thread; after that the mark is believed.
  round();
  round();
  round();
  const first = await addChild();
  assert.deepEqual(round(), [identity.pid]);
  mark = '2';
  assert.deepEqual(round(), [identity.pid, first]);
  // Its number was seen in the round before, it itself is there only now.
  const second = await addChild();
  assert.deepEqual(round(), [identity.pid, first, second]);
  const third = await addChild();
  assert.deepEqual(round(), [identity.pid, first, second]);
  kill(first);
  await until(() => !round().includes(first));
  assert.deepEqual(round(), [identity.pid, second, third]);
});

test('where nobody can tell whether something was started, children are looked for in each round', async (t) => {
  const { identity, addChild } = await startParent(t);
  const sampler = createTreeSampler(() => undefined);
  for (let rounds = 0; rounds < 3; rounds++) {
    sampler.begin();
    assert.equal(pidsOf(sampler, identity).length, 1 + rounds);
    await addChild();
  }
});
