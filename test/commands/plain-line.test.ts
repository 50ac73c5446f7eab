import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLineOf } from '../../src/cli/plain-line.js';
import type { StatusOptions } from '../../src/commands/run-status.js';
import { statusCommand } from '../../src/commands/status.js';
import { fakeDeps, parse } from './deps.js';

const PLAIN = [[], ['--json'], ['--check'], ['-q'], ['--quiet', '--check'], ['--json', '--json']] as const;

for (const flags of PLAIN) {
  test(`"sigctl ${['status', ...flags].join(' ')}" means without commander what it means with it`, async () => {
    const seen: StatusOptions[] = [];
    const spy = async (_: unknown, options: StatusOptions): Promise<number> => {
      seen.push(options);
      return 0;
    };
    const unused = () => Promise.reject(new Error('not used'));
    const deps = { ...fakeDeps().deps, readAllHosts: unused, readDetail: unused, openScreen: unused, nowMs: () => 0 };
    await parse(statusCommand(deps, spy), ['status', ...flags]);
    const { kind, ...plain } = plainLineOf(['status', ...flags]) ?? { kind: undefined };
    assert.equal(kind, 'status');
    assert.deepEqual({ services: [], config: undefined, watchMs: undefined, ...plain }, seen[0]);
  });
}

for (const line of [
  'status x',
  'status -w',
  'status --jsn',
  '--json status',
  'status -- x',
  'status --help',
  '-V status',
]) {
  test(`"sigctl ${line}" is left to commander`, () => {
    assert.equal(plainLineOf(line.split(' ')), undefined);
  });
}

test('"sigctl -V" and "sigctl --version" need no parser', () => {
  assert.deepEqual([plainLineOf(['-V']), plainLineOf(['--version'])], [{ kind: 'version' }, { kind: 'version' }]);
});
