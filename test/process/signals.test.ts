import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify, isAlive } from '../../src/process/identity.js';
import { endProcesses, endTree, waitUntilGone } from '../../src/process/signals.js';
import { readTree } from '../../src/process/tree.js';
import { line, startProgram } from './rig.js';

const LONG_MS = 30_000;
const OBEDIENT = `process.on('SIGINT', () => process.exit(0)); setInterval(() => {}, 1000); console.log('ready')`;
const STUBBORN = `process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.log('ready')`;

function identityOf(pid: number) {
  const identity = identify(pid);
  assert.ok(identity !== undefined);
  return identity;
}

test('endTree() ends an obedient process with SIGINT alone', async (t) => {
  const child = await startProgram(t, process.execPath, ['-e', OBEDIENT]);
  await line(child);
  const identity = identityOf(child.pid);
  assert.equal(await endTree(identity, LONG_MS), 'exited');
  assert.equal(isAlive(identity), false);
});

test('endTree() kills a process that ignores SIGINT, when its time is over', async (t) => {
  const child = await startProgram(t, process.execPath, ['-e', STUBBORN]);
  await line(child);
  const identity = identityOf(child.pid);
  assert.equal(await endTree(identity, 300), 'killed');
  assert.equal(isAlive(identity), false);
});

test('endTree() ends grandchildren too, and one that ignores SIGINT makes it "killed"', async (t) => {
  // A shell starts background jobs with SIGINT ignored.
  const top = await startProgram(t, '/bin/sh', ['-c', `sh -c 'sleep 600 & echo $!; wait' & wait`]);
  await line(top);
  const members = readTree(top.pid).map(identityOf);
  assert.equal(members.length, 3);
  assert.equal(await endTree(identityOf(top.pid), 300), 'killed');
  assert.deepEqual(members.filter(isAlive), []);
});

test('endTree() leaves a stranger alone who got the number of the process', async (t) => {
  const stranger = await startProgram(t, process.execPath, ['-e', OBEDIENT]);
  await line(stranger);
  const real = identityOf(stranger.pid);
  assert.equal(await endTree({ pid: stranger.pid, startToken: '1' }, 300), 'exited');
  assert.equal(await endProcesses([{ pid: stranger.pid, startToken: '1' }], 300), 'exited');
  assert.ok(isAlive(real));
});

test('ending what is gone already, or nothing at all, is done at once', async () => {
  assert.equal(await endTree({ pid: 4_194_305, startToken: '1' }, LONG_MS), 'exited');
  assert.equal(await endProcesses([], LONG_MS), 'exited');
});

test('waitUntilGone() tells whether all ended in time', async (t) => {
  const child = await startProgram(t, process.execPath, ['-e', STUBBORN]);
  await line(child);
  const identity = identityOf(child.pid);
  assert.equal(await waitUntilGone([identity], 0), false);
  child.kill('SIGKILL');
  assert.equal(await waitUntilGone([identity], LONG_MS), true);
});
