import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { eventually, isAlive, type Running, run, serviceEnv } from './rig.js';
import { serviceRigs } from './service-rig.js';

const { rig, program } = serviceRigs('last-words', 'parent', 'steady');

async function stopsWell(service: Running): Promise<void> {
  service.child.kill('SIGINT');
  assert.deepEqual(await service.exit, { code: 0, signal: null });
}

/** The 2,000 lines that `last-words` prints, checked for being all there and whole. */
function assertLastWords(output: string): void {
  const lines = output.split('\n').filter((line) => line.includes('last words'));
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).line),
    Array.from({ length: 2_000 }, (_, index) => index + 1),
  );
}

test('2,000 lines logged just before exit(3) are all in a file', async (t) => {
  const { start, home } = rig(t);
  const path = join(home, 'out.log');
  const fd = openSync(path, 'a');
  t.after(() => closeSync(fd));
  assert.deepEqual(await start('last-words', {}, fd).exit, { code: 3, signal: null });
  assertLastWords(readFileSync(path, 'utf8'));
});

test('2,000 lines logged just before exit(3) all go through a pipe that is read', async (t) => {
  const { start } = rig(t);
  const service = start('last-words');
  assert.deepEqual(await service.exit, { code: 3, signal: null });
  await service.printed(/"line":2000,/);
  assertLastWords(service.output());
});

test('a service whose stdout is closed goes on working, and stops gracefully', async (t) => {
  const { start, works } = rig(t);
  const service = start('steady');
  await service.printed(/ready/);
  service.child.stdout?.destroy();
  await works('steady');
  await works('steady');
  await stopsWell(service);
});

test('a service whose disk is full goes on working, and stops gracefully', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('/dev/full absent');
  const { start, works } = rig(t);
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const service = start('steady', {}, full);
  await works('steady');
  await stopsWell(service);
});

test('a service whose parent is killed goes on working, and stops gracefully', async (t) => {
  const { home, row, works } = rig(t);
  const parent = run(t, [process.execPath, program('parent'), program('steady')], { env: serviceEnv(home, 'steady') });
  const pid = await childOf(t, parent);
  await works('steady');
  parent.child.kill('SIGKILL');
  await parent.exit;
  await works('steady');
  await works('steady');
  process.kill(pid, 'SIGINT');
  await eventually(() => row('steady').state === 'stopped', 'the stop');
  await eventually(() => !isAlive(pid), 'the exit');
  assert.equal(row('steady').reason, 'SIGINT');
});

async function childOf(t: TestContext, parent: Running): Promise<number> {
  await parent.printed(/child \d+\n/);
  const pid = Number(/child (\d+)/.exec(parent.output())?.[1]);
  t.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
  return pid;
}
