import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createLogWatch } from '../../src/probe/log-watch.js';
import { tempFolder } from '../service/rig.js';

const WITHIN_MS = 30_000;

function watch(t: TestContext, pattern = 'tick \\d+') {
  const path = join(tempFolder(t), 'web.log');
  const { look, close } = createLogWatch({ path, pattern, withinMs: WITHIN_MS });
  t.after(close);
  return { path, look, write: (text: string) => appendFileSync(path, text) };
}

test('before the first match the age counts from the first look, and lines from before it do not count', async (t) => {
  const { look, write } = watch(t);
  write('tick 1\n');
  assert.deepEqual(await look(1_000), { ok: true, reason: 'no match for 0ms, limit 30s' });
  assert.deepEqual(await look(32_000), { ok: false, reason: 'no match for 31s, limit 30s' });
});

test('the age is that of the newest matching line', async (t) => {
  const { look, write } = watch(t);
  await look(0);
  write('tick 1\nother\n');
  assert.deepEqual(await look(10_000), { ok: true, reason: 'last match 0ms ago, limit 30s' });
  write('other\n');
  assert.deepEqual(await look(40_000), { ok: true, reason: 'last match 30s ago, limit 30s' });
  assert.deepEqual(await look(140_000), { ok: false, reason: 'last match 2m 10s ago, limit 30s' });
  write('tick 2\n');
  assert.equal((await look(150_000)).ok, true);
});

test('a line counts once it is whole', async (t) => {
  const { look, write } = watch(t);
  await look(0);
  write('ti');
  assert.match((await look(1_000)).reason, /^no match/);
  write('ck 7\n');
  assert.match((await look(2_000)).reason, /^last match 0ms/);
});

test('what was appended before a rotation and after it both count, by rename, by copy and by truncation', async (t) => {
  const { path, look, write } = watch(t);
  write('start\n');
  await look(0);
  write('tick 1\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'quiet\n');
  assert.match((await look(1_000)).reason, /^last match 0ms/);
  write('tick 2\n');
  assert.match((await look(2_000)).reason, /^last match 0ms/);
  truncateSync(path, 0);
  write('quiet\n');
  assert.match((await look(5_000)).reason, /^last match 3.0s ago/);
  write('tick 3\n');
  assert.match((await look(6_000)).reason, /^last match 0ms/);
});

test('lines that were seen before a truncation do not count again', async (t) => {
  const { path, look, write } = watch(t);
  write(`${'x'.repeat(2_000)}\n`);
  await look(0);
  write(`tick 1\n${'y'.repeat(2_000)}\n`);
  await look(1_000);
  // As a rotation in place does: the head is cut off, the rest stays.
  writeFileSync(path, `tick 1\n${'y'.repeat(2_000)}\n`);
  assert.match((await look(9_000)).reason, /^last match 8.0s ago/);
});

test('a log that is not there yet, or that was removed, is no match and no fault', async (t) => {
  const { path, look, write } = watch(t);
  assert.match((await look(0)).reason, /^no match/);
  write('tick 1\n');
  assert.match((await look(1_000)).reason, /^last match 0ms/);
  rmSync(path);
  assert.match((await look(2_000)).reason, /^last match 1.0s/);
  write('tick 2\n');
  assert.match((await look(3_000)).reason, /^last match 0ms/);
});

test('of a log that grew by very much only the latest part is read', async (t) => {
  const { look, write } = watch(t);
  write('start\n');
  await look(0);
  const megabyte = `${'n'.repeat(1_023)}\n`.repeat(1_024);
  write(`${megabyte.repeat(9)}tick 1\n${megabyte.repeat(3)}`);
  assert.match((await look(1_000)).reason, /^no match/);
  write(`${megabyte.repeat(11)}tick 2\n`);
  assert.match((await look(2_000)).reason, /^last match 0ms/);
});
