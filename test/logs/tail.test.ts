import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SigctlError } from '../../src/errors.js';
import { segmentPath } from '../../src/logs/segments.js';
import { numberedLine, startWriter, tempFolder, until } from './log-rig.js';
import { createRandom, naiveLastLines, randomLog } from './random-log.js';
import { readLastLines } from './read-log.js';

const MEGABYTE = 1024 * 1024;

test('the last lines are those of a naive split, for random content, counts and endings', async (t) => {
  const folder = await tempFolder(t);
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = createRandom(seed);
    const text = randomLog(random);
    const path = join(folder, `random-${seed}.log`);
    await writeFile(path, text);
    for (const count of [0, 1, 2, Math.floor(random() * 50), 100_000]) {
      assert.deepEqual(
        (await readLastLines(path, count)).lines,
        naiveLastLines(text, count),
        `seed ${seed}, last ${count}`,
      );
    }
  }
});

test('rotated segments and the live file are read as one stream, wherever the cuts fall', async (t) => {
  const folder = await tempFolder(t);
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = createRandom(1000 + seed);
    const text = Buffer.from(randomLog(random));
    const path = join(folder, `cut-${seed}.log`);
    let start = 0;
    const segments = Math.floor(random() * 5);
    for (let number = 1; number <= segments; number += 1) {
      const end = start + Math.floor(random() * (text.length - start + 1));
      const segment = segmentPath(path, 1_795_360_000_000 + number * 1000, number);
      const isArchive = random() < 0.5;
      await writeFile(
        isArchive ? `${segment}.gz` : segment,
        isArchive ? gzipSync(text.subarray(start, end)) : text.subarray(start, end),
      );
      start = end;
    }
    await writeFile(path, text.subarray(start));
    for (const count of [1, Math.floor(random() * 50), 100_000]) {
      const wanted = naiveLastLines(text.toString(), count);
      assert.deepEqual((await readLastLines(path, count)).lines, wanted, `seed ${seed}, last ${count}`);
    }
  }
});

test('the last lines of 300 MB cost a few blocks of reading', async (t) => {
  const path = join(await tempFolder(t), 'big.log');
  const filler = spawnSync('sh', ['-c', 'yes "$0" | head -c 314572800 > "$1"', 'x'.repeat(99), path]);
  assert.equal(filler.status, 0);
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  await appendFile(path, `\n${lines.join('\n')}\n`);
  const last = await readLastLines(path, 100);
  assert.deepEqual(last.lines, lines);
  assert.ok(last.bytesRead <= 128 * 1024, `read ${last.bytesRead} bytes`);
  const many = await readLastLines(path, 50_000);
  assert.equal(many.lines.length, 50_000);
  assert.ok(many.bytesRead <= 16 * MEGABYTE, `read ${many.bytesRead} bytes`);
});

test('an endless line is cut at 1 MB, says how much is missing, and leaves its neighbours whole', async (t) => {
  const path = join(await tempFolder(t), 'endless.log');
  const file = await open(path, 'w');
  await file.write('before\n');
  for (let megabyte = 0; megabyte < 30; megabyte += 1) await file.write('é'.repeat(MEGABYTE / 2));
  await file.write('\nafter\n');
  await file.close();
  const { lines } = await readLastLines(path, 3);
  assert.equal(lines.length, 3);
  assert.equal(lines[0], 'before');
  assert.equal(lines[1], `${'é'.repeat(MEGABYTE / 2)} … (29 MB cut)`);
  assert.equal(lines[2], 'after');
});

test('a log that does not exist has no lines', async (t) => {
  const folder = await tempFolder(t);
  assert.deepEqual((await readLastLines(join(folder, 'none.log'), 10)).lines, []);
  assert.deepEqual((await readLastLines(join(folder, 'no-folder', 'none.log'), 10)).lines, []);
});

test('segments are read when the live file is gone', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(`${path}.1`, 'three\n');
  await writeFile(`${path}.2.gz`, gzipSync('one\ntwo\n'));
  assert.deepEqual((await readLastLines(path, 2)).lines, ['two', 'three']);
});

test('a head that was copied but not yet cut off is not read twice', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, 'one\ntwo\nthree\n');
  await writeFile(segmentPath(path, 1_795_360_000_000, 1), 'one\ntwo\n');
  assert.deepEqual((await readLastLines(path, 10)).lines, ['one', 'two', 'three']);
});

test('a truncated archive yields what it still holds', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${(index * 7919) % 10_007}`);
  const archive = gzipSync(`${lines.join('\n')}\n`);
  await writeFile(`${path}.1.gz`, archive.subarray(0, Math.floor(archive.length / 2)));
  const last = await readLastLines(path, 100_000);
  assert.ok(last.lines.length > 100);
  assert.deepEqual(last.lines.slice(0, 100), lines.slice(0, 100));
});

test('reading ends although the log grows faster than it is read', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, '');
  const writer = await startWriter(t, path, 300_000);
  for (let round = 0; round < 20 && !writer.isDone(); round += 1) {
    // Not the last one: the writer may be in the middle of it.
    const lines = (await readLastLines(path, 1000)).lines.slice(0, -1);
    const numbers = lines.map((line) => Number(line.split(' ')[1]));
    assert.deepEqual(
      lines,
      numbers.map((_, index) => numberedLine((numbers[0] ?? 0) + index)),
    );
  }
});

test('no line is missing or doubled in the tail while files are renamed under the reader', async (t) => {
  const path = join(await tempFolder(t), 'trading.log');
  await writeFile(path, '');
  const writer = await startWriter(t, path, 100_000);
  let turn = 0;
  while (!writer.isDone()) {
    turn += 1;
    const reading = readLastLines(path, 5000);
    await rename(path, segmentPath(path, Date.now(), turn));
    writer.child.kill('SIGHUP');
    const numbers = (await reading).lines.map((line) => Number(line.split(' ')[1]));
    assert.ok(
      numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1),
      `turn ${turn}`,
    );
    await until('a new file', () => existsSync(path));
  }
});

test('a log that cannot be read is refused with its path', async (t) => {
  const folder = await tempFolder(t);
  const path = join(folder, 'trading.log');
  await mkdir(path);
  await assert.rejects(
    readLastLines(path, 1),
    (error) => error instanceof SigctlError && error.code === 'LOG_UNREADABLE' && error.message.includes(path),
  );
  if (process.getuid?.() === 0) return;
  await writeFile(join(folder, 'secret.log'), 'one\n');
  await chmod(join(folder, 'secret.log'), 0);
  await assert.rejects(readLastLines(join(folder, 'secret.log'), 1), { code: 'LOG_UNREADABLE' });
});
