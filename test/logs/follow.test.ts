import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCursorAtByte } from '../../src/logs/open-cursor.js';
import { segmentPath } from '../../src/logs/segments.js';
import { copyHead, faultIn, freeze, numberedLine, run, sizeOf, startWriter, tempFolder, until } from './log-rig.js';
import { followLog } from './read-log.js';

const BLOCK_BYTES = 4096;
/** The writer waits for a rotation when its log has so many, so that a fast one sees as many rotations as a slow one. */
const MOST_BYTES = 1_000_000;

interface Follower {
  readonly lines: string[];
  /** Ends following and waits for what it still yields. */
  stop(): Promise<void>;
}

function follow(t: TestContext, path: string, atByte = 0): Follower {
  const stopper = new AbortController();
  t.after(() => stopper.abort());
  const lines: string[] = [];
  const ended = (async () => {
    for await (const batch of followLog({ path, atByte, signal: stopper.signal })) lines.push(...batch);
  })();
  return {
    lines,
    stop: () => {
      stopper.abort();
      return ended;
    },
  };
}

/** Follows a writer at full speed while `rotate` does its worst each time that the file has grown. */
async function followRotations(
  t: TestContext,
  count: number,
  rotate: (path: string, turn: number, pid: number) => Promise<void>,
) {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, '');
  const follower = follow(t, path);
  const writer = await startWriter(t, path, count, MOST_BYTES);
  let turns = 0;
  while (!writer.isDone()) {
    await until('the log to grow', async () => writer.isDone() || (await sizeOf(path)) > 200_000);
    if (writer.isDone()) break;
    turns += 1;
    await rotate(path, turns, writer.pid);
  }
  await until(`${count} lines, have ${follower.lines.length}`, () => follower.lines.length >= count).catch(
    () => undefined,
  );
  await follower.stop();
  assert.equal(faultIn(follower.lines, count), undefined);
  // How many there is time for depends on the machine.
  assert.ok(turns >= 2, `only ${turns} rotations`);
  t.diagnostic(`${turns} rotations, ${count} lines`);
}

test('following sees each line once while the file is renamed and the writer told to reopen it', async (t) => {
  await followRotations(t, 100_000, async (path, turn, pid) => {
    await rename(path, segmentPath(path, Date.now(), turn));
    process.kill(pid, 'SIGHUP');
    await until('a new file', () => existsSync(path));
  });
});

test('following sees each line once when numbered segments move up with each rename', async (t) => {
  await followRotations(t, 100_000, async (path, turn, pid) => {
    for (let number = Math.min(turn - 1, 20); number >= 1; number -= 1)
      await rename(`${path}.${number}`, `${path}.${number + 1}`);
    await rename(path, `${path}.1`);
    process.kill(pid, 'SIGHUP');
    await until('a new file', () => existsSync(path));
  });
});

test('following sees each line once while the file is copied and truncated', async (t) => {
  await followRotations(t, 100_000, async (path, turn, pid) => {
    // Stopped, since a copying rotator loses what is written between its copy and its cut.
    await freeze(pid);
    await copyFile(path, segmentPath(path, Date.now(), turn));
    await truncate(path, 0);
    process.kill(pid, 'SIGCONT');
  });
});

test('following sees each line once while heads are cut off in place', async (t) => {
  const probe = join(await tempFolder(t), 'probe');
  await writeFile(probe, Buffer.alloc(4 * BLOCK_BYTES));
  if ((await run('fallocate', ['--collapse-range', '-o', '0', '-l', String(BLOCK_BYTES), probe])) !== 0) {
    return t.skip('fallocate --collapse-range does not work on this file system');
  }
  await followRotations(t, 200_000, async (path, turn) => {
    const size = await sizeOf(path);
    // Sometimes nearly everything, so that a follower that lags finds its place in the segment.
    const share = turn % 2 === 0 ? 0.5 : 1;
    const bytes = Math.floor(((size - 1) * share) / BLOCK_BYTES) * BLOCK_BYTES;
    await copyHead(path, segmentPath(path, Date.now(), turn), bytes);
    assert.equal(await run('fallocate', ['--collapse-range', '-o', '0', '-l', String(bytes), path]), 0);
  });
});

test('following goes on when a head is thrown away without a copy', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  const lines = Array.from({ length: 1000 }, (_, index) => numberedLine(index));
  await writeFile(path, `${lines.slice(0, 900).join('\n')}\n`);
  const follower = follow(t, path);
  await until('900 lines', () => follower.lines.length === 900);
  if ((await run('fallocate', ['--collapse-range', '-o', '0', '-l', String(4 * BLOCK_BYTES), path])) !== 0) {
    return t.skip('fallocate --collapse-range does not work on this file system');
  }
  await appendFile(path, `${lines.slice(900).join('\n')}\n`);
  await until('1000 lines', () => follower.lines.length >= 1000);
  await follower.stop();
  assert.equal(faultIn(follower.lines, 1000), undefined);
});

test('following hears a writer that keeps the renamed file open', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'one\n');
  const follower = follow(t, path);
  await until('one', () => follower.lines.length === 1);
  await rename(path, `${path}.1`);
  await writeFile(path, '');
  await appendFile(`${path}.1`, 'two\n');
  await until('two', () => follower.lines.length === 2);
  await appendFile(path, 'three\n');
  await until('three', () => follower.lines.length === 3);
  await appendFile(`${path}.1`, 'four\n');
  await until('four', () => follower.lines.length === 4);
  assert.deepEqual(follower.lines, ['one', 'two', 'three', 'four']);
});

test('what comes late into the renamed file, while the new one is empty, is no new segment', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'one\n');
  const cursor = await openCursorAtByte(path, 0);
  t.after(() => cursor.close());
  const readAll = async (): Promise<readonly string[]> => {
    const lines: string[] = [];
    for (let read = await cursor.read(); ; read = await cursor.read()) {
      lines.push(...read.lines);
      if (read.atEnd) return lines;
    }
  };
  assert.deepEqual(await readAll(), ['one']);
  await rename(path, `${path}.1`);
  await writeFile(path, '');
  assert.deepEqual(await readAll(), []);
  await appendFile(`${path}.1`, 'two\n');
  assert.deepEqual(await readAll(), ['two']);
  await appendFile(path, 'three\n');
  assert.deepEqual(await readAll(), ['three']);
});

test('following waits for a file whose folder does not exist yet', async (t) => {
  const path = join(await tempFolder(t), 'later', 'trading.log');
  const follower = follow(t, path);
  await mkdir(join(path, '..'));
  await writeFile(path, 'one\ntwo\n');
  await until('two lines', () => follower.lines.length === 2);
  await appendFile(path, 'three\n');
  await until('three lines', () => follower.lines.length === 3);
  assert.deepEqual(follower.lines, ['one', 'two', 'three']);
});

test('following goes on after the file was removed and created anew', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'one\n');
  const follower = follow(t, path);
  await until('one', () => follower.lines.length === 1);
  await rm(path);
  await writeFile(path, 'one\n');
  await until('one again', () => follower.lines.length === 2);
  assert.deepEqual(follower.lines, ['one', 'one']);
});

test('following shows a truncated file from its start, and the line that was never finished', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'one\ntwo\nhal');
  const follower = follow(t, path);
  await until('two lines', () => follower.lines.length === 2);
  await truncate(path, 0);
  await until('the half line', () => follower.lines.length === 3);
  await appendFile(path, 'three\n');
  await until('three', () => follower.lines.length === 4);
  assert.deepEqual(follower.lines, ['one', 'two', 'hal', 'three']);
});

test('following holds a line until its newline comes, also one that ends in the next file', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'one\nhello ');
  const follower = follow(t, path);
  await until('one', () => follower.lines.length === 1);
  await rename(path, `${path}.1`);
  await writeFile(path, 'world\r\nlast');
  await until('hello world', () => follower.lines.length === 2);
  await follower.stop();
  assert.deepEqual(follower.lines, ['one', 'hello world', 'last']);
});

test('following from a byte beyond the end shows only what is new', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'old\n');
  const follower = follow(t, path, 1_000_000);
  // The second line proves that the first was looked at; a follower that had started at 0 would show "old" first.
  await until('a new line', async () => {
    await appendFile(path, 'new\n');
    return follower.lines.length > 0;
  });
  assert.equal(follower.lines[0], 'new');
});
