import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { identify, isAlive } from '../../src/process/identity.js';
import {
  readBootId,
  readCommandLine,
  readProcStat,
  readResidentBytes,
  startedAtMs,
} from '../../src/process/proc-stat.js';
import { line, startProgram, tempFolder, until } from './rig.js';

/** The kernel gives out no pid above 2^22 (pid_max). */
const NO_PID = 4_194_305;

test('readProcStat() knows this very process: its parent, its start and its time on the processor', () => {
  const stat = readProcStat(process.pid);
  assert.equal(stat?.pid, process.pid);
  assert.equal(stat?.ppid, process.ppid);
  assert.match(stat?.startToken ?? '', /^\d+$/);
  assert.ok((stat?.cpuMs ?? 0) > 0);
});

test('startedAtMs() turns a start token into the time that the process started', () => {
  const token = readProcStat(process.pid)?.startToken ?? '';
  const expected = Date.now() - process.uptime() * 1_000;
  assert.ok(Math.abs(startedAtMs(token, Date.now()) - expected) < 5_000);
});

test('readResidentBytes() is what node itself measures, roughly', () => {
  const ratio = readResidentBytes(process.pid) / process.memoryUsage.rss();
  assert.ok(ratio > 0.5 && ratio < 2, String(ratio));
});

test('readCommandLine() joins program and arguments', () => {
  assert.ok(readCommandLine(process.pid).startsWith(process.argv0));
  assert.equal(readCommandLine(NO_PID), '');
});

test('readBootId() is the same for all who ask in this boot', () => {
  assert.match(readBootId(), /^[0-9a-f-]{36}$/);
  assert.equal(readBootId(), readBootId());
});

for (const name of ['a b', 'x) S 1 (y', '))) ((', 'two\nlines', '1 Z 1 1']) {
  test(`readProcStat() reads a process whose name is ${JSON.stringify(name)}`, async (t) => {
    const child = await startNamed(t, name);
    const stat = readProcStat(child.pid);
    assert.equal(stat?.ppid, process.pid);
    assert.match(stat?.startToken ?? '', /^\d{2,}$/);
    assert.ok(Number(stat?.startToken) >= Number(readProcStat(process.pid)?.startToken));
    assert.ok(isAlive({ pid: child.pid, startToken: stat?.startToken ?? '' }));
  });
}

async function startNamed(t: TestContext, name: string) {
  const program = join(tempFolder(t), name);
  copyFileSync('/bin/sleep', program);
  return startProgram(t, program, ['600']);
}

test('a process that is gone has no stat, no memory and no identity', () => {
  assert.equal(readProcStat(NO_PID), undefined);
  assert.equal(readResidentBytes(NO_PID), 0);
  assert.equal(identify(NO_PID), undefined);
  assert.equal(isAlive({ pid: NO_PID, startToken: '1' }), false);
});

test('pid 0, a negative pid and no number at all are no process', () => {
  for (const pid of [0, -1, Number.NaN, 1.5, 1e20]) assert.equal(readProcStat(pid), undefined, String(pid));
});

test('a zombie does not live, though the kernel still lists it', async (t) => {
  // The shell becomes sleep(1), which never asks for the end of the child that it inherits.
  const parent = await startProgram(t, '/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 600']);
  const pid = Number(await line(parent));
  const identity = { pid, startToken: readProcStat(pid)?.startToken ?? 'gone already' };
  await until(() => readProcStat(pid) === undefined);
  process.kill(pid, 0);
  assert.equal(isAlive(identity), false);
  assert.equal(identify(pid), undefined);
});

test('a recycled pid is another process: the start token tells them apart', () => {
  const self = identify(process.pid);
  assert.ok(self !== undefined && isAlive(self));
  assert.equal(isAlive({ pid: process.pid, startToken: String(Number(self.startToken) - 1) }), false);
});
