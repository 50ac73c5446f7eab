import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitHost } from '../../src/cli/host-flag.js';

test('splitHost() takes the host out of a line, wherever it stands before --', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['status', undefined],
    ['@prod status --check', { host: '@prod', argv: ['status', '--check'] }],
    ['--host u@v:/a status', { host: 'u@v:/a', argv: ['status'] }],
    ['--host=v logs -f', { host: 'v', argv: ['logs', '-f'] }],
    ['status trading --host v', { host: 'v', argv: ['status', 'trading'] }],
    ['status -- --host v', undefined],
  ];
  for (const [line, expected] of cases) assert.deepEqual(splitHost(line.split(' ')), expected, line);
});

test('splitHost() refuses a host without a value, and a host with nothing to run', () => {
  for (const line of ['--host', '--host=', '--host --json status', '@prod', '--host v']) {
    assert.throws(() => splitHost(line.split(' ')), { code: 'HOST_MISSING', exitCode: 2 }, line);
  }
});
