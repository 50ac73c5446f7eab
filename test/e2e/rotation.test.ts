import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNumbers, cutsHeads, fixture, joinedLines, segmentNames } from '../logs/rotate/rotate-rig.js';
import { app, startRig, until } from './rig.js';

const ROTATIONS = 3;

test('the watchdog rotates the log of a plain program, and `sigctl logs` shows every line once', async (t) => {
  if (!(await cutsHeads())) return t.skip('fallocate --collapse-range does not work on this file system');
  const rig = await startRig(t, {
    apps: [
      app('numbers', '', {
        script: fixture('numbers.py'),
        interpreter: 'python3',
        args: ['/dev/stdout', '100000000', '40000'],
        sigctl: { logs: { size: '1M', keep: '100M' } },
      }),
    ],
  });
  const log = join(rig.root, 'logs/numbers.log');
  const start = await rig.sigctl(['start']);
  assert.equal(start.exitCode, 0, start.stderr);
  await until(() => segmentNames(log).filter((name) => name.endsWith('.gz')).length >= ROTATIONS);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  const lines = joinedLines(log).filter((line) => line.startsWith('n '));
  assertNumbers(lines, lines.length);
  const { stdout, stderr } = await rig.sigctl(['logs', 'numbers', '--json', '-n', '100000000']);
  const shown = stdout.trimEnd().split('\n').map(messageOf);
  assert.ok(shown.length > 0, stderr);
  assertNumbers(
    shown.filter((line) => line.startsWith('n ')),
    lines.length,
  );
});

function messageOf(line: string): string {
  const parsed: unknown = JSON.parse(line);
  return typeof parsed === 'object' && parsed !== null && 'msg' in parsed ? String(parsed.msg) : '';
}
