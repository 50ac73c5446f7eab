import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { parseEnviron, readProcessEnv } from '../../src/process/process-env.js';

test('parseEnviron() keeps an equals sign and a line break in a value, and the first of no names', () => {
  assert.deepEqual(parseEnviron('SIGCTL_SERVICE=web\0A=b=c\nd\0EMPTY=\0=odd\0nothing\0'), {
    SIGCTL_SERVICE: 'web',
    A: 'b=c\nd',
    EMPTY: '',
  });
});

test('parseEnviron() takes what a program wrote over its environment for nothing', () => {
  assert.equal(parseEnviron('postgres: idle\0\0\0\0'), undefined);
});

test('readProcessEnv() reads the environment of a process as it was started, and nothing of one that is gone', async (t) => {
  const child = spawn('/bin/sleep', ['60'], { env: { SIGCTL_SERVICE: 'web', LEVEL: 'debug' } });
  t.after(() => child.kill());
  await new Promise((resolve) => child.once('spawn', resolve));
  const { pid = 0 } = child;
  assert.deepEqual(readProcessEnv(pid), { SIGCTL_SERVICE: 'web', LEVEL: 'debug' });
  child.kill();
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(readProcessEnv(pid), undefined);
});
