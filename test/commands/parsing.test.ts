import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modeCommand } from '../../src/commands/mode.js';
import { durationArgument } from '../../src/commands/options.js';
import { restartCommand } from '../../src/commands/restart.js';
import type { StatusOptions } from '../../src/commands/run-status.js';
import { startCommand } from '../../src/commands/start.js';
import { statusCommand } from '../../src/commands/status.js';
import { stopCommand } from '../../src/commands/stop.js';
import { fakeDeps, parse } from './deps.js';

const VERBS = { start: startCommand, stop: stopCommand, restart: restartCommand };

for (const [verb, command] of Object.entries(VERBS)) {
  const options = async (...args: readonly string[]): Promise<unknown> => {
    let seen: unknown;
    const spy = async (_: unknown, found: unknown): Promise<number> => {
      seen = found;
      return 0;
    };
    await parse(command(fakeDeps().deps, spy), args);
    return seen;
  };

  test(`${verb} alone means no names, two minutes of patience and a table`, async () => {
    assert.deepEqual(await options(verb), { services: [], config: undefined, waitMs: 120_000, json: false });
  });

  test(`${verb} takes names, --wait, --json and --config, in any order`, async () => {
    const expected = { services: ['a', 'b'], config: 'x.cjs', waitMs: 30_000, json: true };
    assert.deepEqual(await options('--config', 'x.cjs', verb, 'a', 'b', '--wait', '30s', '--json'), expected);
    assert.deepEqual(await options(verb, '--json', '--wait=30', 'a', 'b', '-c', 'x.cjs'), expected);
  });

  test(`${verb} refuses a wait that is no duration, and an option that it does not have`, async () => {
    for (const wait of ['soon', '', '-1', '1w', '9'.repeat(400)]) {
      await assert.rejects(options(verb, `--wait=${wait}`), { code: 'commander.invalidArgument' }, wait);
    }
    await assert.rejects(options(verb, '--wait'), { code: 'commander.optionMissingArgument' });
    await assert.rejects(options(verb, '--dry-run'), { code: 'commander.unknownOption' });
    await assert.rejects(options(verb, '--jsn'), { code: 'commander.unknownOption', stderr: /Did you mean --json\?/ });
  });

  test(`${verb} sets the exit code that its run answers with`, async () => {
    const { deps, seen } = fakeDeps();
    await parse(
      command(deps, async () => 130),
      [verb],
    );
    assert.equal(seen.exitCode, 130);
  });
}

test('a bare number of --wait is seconds, and 0 refuses at once', () => {
  assert.equal(durationArgument('0'), 0);
  assert.equal(durationArgument('1.5'), 1_500);
  assert.equal(durationArgument('250ms'), 250);
  assert.equal(durationArgument('2m'), 120_000);
});

test('status takes names, --check and --json, and no --wait', async () => {
  const options = async (...args: readonly string[]): Promise<unknown> => {
    let seen: StatusOptions | undefined;
    const spy = async (_: unknown, found: StatusOptions): Promise<number> => {
      seen = found;
      return 0;
    };
    const unused = () => Promise.reject(new Error('not used'));
    const deps = { ...fakeDeps().deps, readAllHosts: async () => [], readDetail: unused, openScreen: unused };
    await parse(statusCommand({ ...deps, nowMs: () => 0 }, spy), args);
    return seen;
  };
  const none = { services: [], config: undefined, check: false, json: false, quiet: false, watchMs: undefined };
  assert.deepEqual(await options('status'), none);
  assert.deepEqual(await options('-c', 'm.cjs', 'status', '--check', 'web', '--json', '-q'), {
    ...none,
    services: ['web'],
    config: 'm.cjs',
    check: true,
    json: true,
    quiet: true,
  });
  assert.deepEqual(await options('status', '--watch'), { ...none, watchMs: 2_000 });
  assert.deepEqual(await options('status', '--interval', '500ms'), { ...none, watchMs: 500 });
  await assert.rejects(options('status', '--interval', '10ms'), { code: 'commander.invalidArgument' });
  await assert.rejects(options('status', '--watch', '--check'), { code: 'commander.conflictingOption' });
  await assert.rejects(options('status', '--watch', '--all-hosts'), { code: 'commander.conflictingOption' });
  await assert.rejects(options('status', '--wait', '1s'), { code: 'commander.unknownOption' });
});

test('mode takes one name at most, --dry-run, --wait and --json', async () => {
  const options = async (...args: readonly string[]): Promise<unknown> => {
    let seen: unknown;
    const spy = async (_: unknown, found: unknown): Promise<number> => {
      seen = found;
      return 0;
    };
    await parse(modeCommand(fakeDeps().deps, spy), args);
    return seen;
  };
  const none = { mode: undefined, config: undefined, waitMs: 120_000, dryRun: false, rollback: false, json: false };
  assert.deepEqual(await options('mode'), none);
  assert.deepEqual(await options('mode', 'full', '--dry-run', '--wait', '0', '--json'), {
    ...none,
    mode: 'full',
    waitMs: 0,
    dryRun: true,
    json: true,
  });
  await assert.rejects(options('mode', 'full', 'minimal'), { code: 'commander.excessArguments' });
});
