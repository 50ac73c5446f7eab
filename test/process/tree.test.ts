import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResidentBytes } from '../../src/process/proc-stat.js';
import { listPids, readTree, readTreeMemoryBytes } from '../../src/process/tree.js';
import { line, startProgram } from './rig.js';

/** A shell, its child, and its child's child, which prints its pid last. */
const THREE_DEEP = `sh -c 'sleep 600 & echo "$$ $!"; wait' & wait`;

test('readTree() lists a process with children and grandchildren, itself first', async (t) => {
  const top = await startProgram(t, '/bin/sh', ['-c', THREE_DEEP]);
  const [child, grandchild] = (await line(top)).split(' ').map(Number);
  assert.deepEqual(readTree(top.pid), [top.pid, child, grandchild]);
});

test('readTree() finds children that another thread than the first started', async (t) => {
  const program = `new (require('node:worker_threads').Worker)(
    "const c = require('node:child_process').spawn('sleep', ['600']); require('node:fs').writeSync(1, c.pid + '\\\\n')",
    { eval: true })`;
  const top = await startProgram(t, process.execPath, ['-e', program]);
  const child = Number(await line(top));
  assert.deepEqual(readTree(top.pid), [top.pid, child]);
});

test('readTreeMemoryBytes() counts the children too', async (t) => {
  const top = await startProgram(t, '/bin/sh', ['-c', THREE_DEEP]);
  await line(top);
  const parts = readTree(top.pid).map(readResidentBytes);
  assert.equal(parts.length, 3);
  assert.ok(readTreeMemoryBytes(top.pid) > Math.max(...parts));
});

test('the tree of a process that is gone is its own number, without memory', () => {
  assert.deepEqual(readTree(4_194_305), [4_194_305]);
  assert.equal(readTreeMemoryBytes(4_194_305), 0);
});

test('listPids() lists this process and its parent', () => {
  const pids = listPids();
  assert.ok(pids.includes(process.pid) && pids.includes(process.ppid));
  assert.ok(pids.every((pid) => Number.isInteger(pid) && pid > 0));
});
