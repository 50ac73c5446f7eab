import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLockHolderReader, readLockHolders } from '../../src/process/lock-holders.js';
import { kill, line, startProgram, tempFolder, until } from './rig.js';

/** Holds the file, and leaves a child that inherited it. */
const HOLDER = 'exec 9>>"$0"; sleep 600 & echo $!; wait';

test('readLockHolders() names a process and the child that inherited its lock file, each file for itself', async (t) => {
  const folder = tempFolder(t);
  const [held, free] = [join(folder, 'held.lock'), join(folder, 'free.lock')];
  writeFileSync(free, '');
  const parent = await startProgram(t, '/bin/sh', ['-c', HOLDER, held]);
  const child = Number(await line(parent));
  const holders = readLockHolders([held, free, join(folder, 'absent.lock')]);
  assert.deepEqual([...(holders.get(held) ?? [])].sort(), [parent.pid, child].sort());
  assert.deepEqual(holders.get(free), []);
  assert.deepEqual(holders.get(join(folder, 'absent.lock')), []);
});

test('readLockHolders() finds the holder of a file that is named through a symbolic link', async (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));
  const parent = await startProgram(t, '/bin/sh', ['-c', HOLDER, join(folder, 'link/web.lock')]);
  await line(parent);
  const file = join(folder, 'link/web.lock');
  assert.ok(readLockHolders([file]).get(file)?.includes(parent.pid));
});

test('readLockHolders() names nobody once the holders have ended', async (t) => {
  const file = join(tempFolder(t), 'web.lock');
  const holder = await startProgram(t, '/bin/sh', ['-c', 'exec 9>>"$0"; echo held; read -r _', file], 'pipe');
  await line(holder);
  assert.deepEqual(readLockHolders([file]).get(file), [holder.pid]);
  holder.stdin?.end();
  await until(() => readLockHolders([file]).get(file)?.length === 0);
});

test('readLockHolders() of no file looks at nobody', () => {
  assert.equal(readLockHolders([]).size, 0);
});

test('createLockHolderReader() finds whoever inherits a lock file later, and forgets them when they have ended', async (t) => {
  const file = join(tempFolder(t), 'web.lock');
  const read = createLockHolderReader(() => 0);
  for (let look = 0; look < 3; look++) assert.deepEqual(read([file]).get(file), []);
  const parent = await startProgram(t, '/bin/sh', ['-c', HOLDER, file]);
  const child = Number(await line(parent));
  for (let look = 0; look < 3; look++) {
    assert.deepEqual([...(read([file]).get(file) ?? [])].sort(), [parent.pid, child].sort());
  }
  for (const pid of [parent.pid, child]) kill(pid);
  await until(() => read([file]).get(file)?.length === 0);
});

test('createLockHolderReader() looks at every process again after half a minute, and when it is asked for other files', async (t) => {
  const [file, other] = [join(tempFolder(t), 'web.lock'), join(tempFolder(t), 'feed.lock')];
  let clockMs = 0;
  const read = createLockHolderReader(() => clockMs);
  const late = await startProgram(t, '/bin/sh', ['-c', 'read -r _; exec 9>>"$0"; echo held; read -r _', file], 'pipe');
  for (let look = 0; look < 3; look++) read([file]);
  late.stdin?.write('\n');
  await line(late);
  assert.deepEqual(read([file]).get(file), []);
  clockMs += 30_000;
  assert.deepEqual(read([file]).get(file), [late.pid]);
  for (let look = 0; look < 3; look++) read([other]);
  assert.deepEqual(read([file, other]).get(file), [late.pid]);
});
