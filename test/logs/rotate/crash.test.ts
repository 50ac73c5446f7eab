import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { RotationMethod } from '../../../src/logs/rotate/choose-method.js';
import { recoverRotation } from '../../../src/logs/rotate/recover.js';
import { bundleFixtures } from '../../service/rig.js';
import { tempFolder } from '../log-rig.js';
import { readLastLines } from '../read-log.js';
import { cutsHeads, joined, segmentNames } from './rotate-rig.js';

/** More than one block and one buffer, and no whole number of either. */
const LINES = 6_000;
/** Less than half of that, so that the live file still has as much after the cut. */
const SEGMENT_BYTES = 60_000;
const MAX_STEPS = 200;
/** After so many kills the next rotator must get through as well; every time would take long. */
const NEXT_ROTATOR_EVERY = 4;

let bundle: Awaited<ReturnType<typeof bundleFixtures>> | undefined;
before(async () => {
  bundle = await bundleFixtures('../logs/rotator');
});
after(() => bundle?.remove());

/** Runs the rotator, killed at the step. @returns how many steps it took when it got through. */
function rotate(log: string, method: RotationMethod, killAt: number, path = process.env['PATH']): number | undefined {
  const args = [join(bundle?.folder ?? '', 'rotator.mjs'), log, method, String(killAt), String(SEGMENT_BYTES)];
  const env = { ...process.env, PATH: path };
  // Its output to a file: a pipe would be held open by a tool that outlives it, and waited for.
  const output = join(bundle?.folder ?? '', 'steps');
  const stdout = openSync(output, 'w');
  const run = spawnSync(process.execPath, args, { env, stdio: ['ignore', stdout, 'inherit'] });
  closeSync(stdout);
  if (run.signal === 'SIGKILL') return undefined;
  assert.equal(run.status, 0);
  return Number(readFileSync(output, 'utf8'));
}

/** Kills the rotator at every one of its steps; each time the log goes on growing before the next one cleans up. */
async function killAtEveryStep(
  t: TestContext,
  method: RotationMethod,
  line: (number: number) => string,
): Promise<void> {
  const lines = Array.from({ length: LINES }, (_, number) => line(number));
  const [early, late] = [`${lines.slice(0, -50).join('\n')}\n`, `${lines.slice(-50).join('\n')}\n`];
  const folder = await tempFolder(t);
  for (let killAt = 1; ; killAt += 1) {
    assert.ok(killAt < MAX_STEPS, 'the rotator takes ever more steps');
    const log = join(mkdtempSync(join(folder, 'run-')), 'a.log');
    writeFileSync(log, early);
    const steps = rotate(log, method, killAt);
    appendFileSync(log, late);
    const where = `killed at step ${killAt}`;
    // What the reader makes of the half-done rotation, before anybody cleans up.
    const tail = await readLastLines(log, 60);
    assert.deepEqual(tail.lines, lines.slice(-60), `${where}: read before the recovery`);
    assert.equal(await recoverRotation(log), true, where);
    assert.ok(joined(log).equals(Buffer.from(early + late)), `${where}: ${segmentNames(log).join(' ')}`);
    if (killAt % NEXT_ROTATOR_EVERY === 0 || steps !== undefined) {
      assert.ok(rotate(log, method, 0) !== undefined);
      assert.ok(joined(log).equals(Buffer.from(early + late)), `${where}, and rotated again`);
      assertTidy(log);
    }
    rmSync(join(log, '..'), { recursive: true });
    if (steps === undefined) continue;
    t.diagnostic(`${steps} steps`);
    assert.ok(steps > 5 && steps < killAt);
    return;
  }
}

/** Nothing is in the folder but the log and archives. */
function assertTidy(log: string): void {
  const known = [basename(log), ...segmentNames(log)];
  assert.deepEqual(readdirSync(join(log, '..')).sort(), known.sort());
  assert.ok(segmentNames(log).every((name) => name.endsWith('.gz')));
}

const numbered = (number: number) => `line ${number} ${'·'.repeat(number % 97)}`;

test('a rotator that cuts heads off, killed at any step, neither loses nor doubles a byte', async (t) => {
  if (!(await cutsHeads())) return t.skip('fallocate --collapse-range does not work on this file system');
  await killAtEveryStep(t, 'in-place', numbered);
});

test('the same for a log whose lines are all alike', async (t) => {
  if (!(await cutsHeads())) return t.skip('fallocate --collapse-range does not work on this file system');
  // 32 bytes with the newline, so that every block begins alike too: after the cut the head looks as it did before.
  await killAtEveryStep(t, 'in-place', () => 'nothing to do, nothing to do :)');
});

test('a rotator that renames, killed at any step, neither loses nor doubles a byte', async (t) => {
  await killAtEveryStep(t, 'rename', numbered);
});

test('a rotator that copies and truncates, killed at any step while nobody writes, neither loses nor doubles a byte', async (t) => {
  await killAtEveryStep(t, 'copy', numbered);
});

test('a cut that comes after its rotator was killed is waited for', async (t) => {
  if (!(await cutsHeads())) return t.skip('fallocate --collapse-range does not work on this file system');
  const folder = await tempFolder(t);
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  // In the place of fallocate: kills the rotator, and cuts a second later.
  const script = `#!/bin/sh\nkill -9 $PPID\nsleep 1\nPATH=$\{PATH#*:} exec fallocate "$@"\n`;
  writeFileSync(join(tools, 'fallocate'), script, { mode: 0o755 });
  const log = join(folder, 'a.log');
  const text = Array.from({ length: LINES }, (_, number) => `${numbered(number)}\n`).join('');
  writeFileSync(log, text);
  assert.equal(rotate(log, 'in-place', 0, `${tools}:${process.env['PATH']}`), undefined, 'the rotator is killed');
  assert.ok(readFileSync(log).equals(Buffer.from(text)), 'nothing is cut yet');
  assert.equal(await recoverRotation(log), true);
  assert.ok(readFileSync(log).length < Buffer.byteLength(text), 'the cut has come');
  assert.ok(joined(log).equals(Buffer.from(text)));
  assert.equal(segmentNames(log).length, 1);
});
