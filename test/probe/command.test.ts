import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeCommand } from '../../src/probe/command.js';
import { identify, isAlive } from '../../src/process/identity.js';
import { parseLaunchEnv, readLaunchEnv } from '../../src/process/launch-env.js';
import { renderLaunchFile } from '../../src/process/launch-file.js';
import { waitUntilGone } from '../../src/process/signals.js';
import { eventually, tempFolder } from '../service/rig.js';

const PATIENCE_MS = 30_000;
const ENV = { PATH: process.env['PATH'] ?? '' };

test('probeCommand() passes with exit code 0, and names any other code or signal', async (t) => {
  const ask = (command: string) => probeCommand({ command, cwd: tempFolder(t), env: ENV, timeoutMs: PATIENCE_MS });
  const passed = await ask('exit 0');
  assert.equal(passed.ok, true);
  assert.match(passed.reason, /^exit code 0 after \d/);
  const failed = await ask('exit 3');
  assert.equal(failed.ok, false);
  assert.match(failed.reason, /^exit code 3 after \d/);
  assert.match((await ask('kill -SEGV $$')).reason, /^killed by SIGSEGV/);
});

test('probeCommand() runs in the folder and with the environment that it is given, and with no other', async (t) => {
  const cwd = tempFolder(t);
  const command = 'printf %s "$TOKEN $HOME_OF_NOBODY" > seen';
  await probeCommand({ command, cwd, env: { ...ENV, TOKEN: "it's 1" }, timeoutMs: PATIENCE_MS });
  assert.equal(readFileSync(join(cwd, 'seen'), 'utf8'), "it's 1 ");
});

test('probeCommand() fails where its folder is gone', async () => {
  const answer = await probeCommand({ command: 'true', cwd: '/nonexistent', env: ENV, timeoutMs: PATIENCE_MS });
  assert.equal(answer.ok, false);
  assert.match(answer.reason, /^cannot run: .*ENOENT/);
});

test('probeCommand() kills a command that takes too long, with children that left its process group', async (t) => {
  const cwd = tempFolder(t);
  const pids = () => ['child', 'group', 'session'].map((name) => Number(readFileSync(join(cwd, name), 'utf8')));
  const command = [
    'sleep 300 & echo $! > child.tmp && mv child.tmp child',
    // A child that ignores what a terminal would send it.
    '(trap "" TERM INT; echo $$ > /dev/null; sleep 300) & echo $! > group.tmp && mv group.tmp group',
    `setsid sh -c 'echo $$ > session.tmp && mv session.tmp session; exec sleep 300' &`,
    'wait',
  ].join('\n');
  const asked = probeCommand({ command, cwd, env: ENV, timeoutMs: 3_000 });
  await eventually(() => ['child', 'group', 'session'].every((name) => existsSync(join(cwd, name))), 'three children');
  const members = pids().map((pid) => identify(pid));
  assert.ok(members.every((member) => member !== undefined && isAlive(member)));
  assert.deepEqual(await asked, { ok: false, reason: 'did not end within 3s' });
  assert.equal(
    await waitUntilGone(
      members.flatMap((member) => member ?? []),
      PATIENCE_MS,
    ),
    true,
  );
});

test('probeCommand() ends what a command leaves behind in the background', async (t) => {
  const cwd = tempFolder(t);
  const answer = await probeCommand({ command: 'sleep 300 & echo $! > left', cwd, env: ENV, timeoutMs: PATIENCE_MS });
  assert.equal(answer.ok, true);
  const left = identify(Number(readFileSync(join(cwd, 'left'), 'utf8')));
  assert.equal(left === undefined || (await waitUntilGone([left], PATIENCE_MS)), true);
});

test('parseLaunchEnv() reads back every value that a launch file holds, whatever stands in it', () => {
  const env = {
    PLAIN: 'x',
    EMPTY: '',
    QUOTES: `it's "quoted" '' '\\'' $HOME`,
    LINES: "a\nexport FAKE='1'\n:\n}\nservice_env() {\nb",
  };
  const file = renderLaunchFile({
    ...{ key: 'web', lock: '/l', pidFile: '/p', logFile: '/o', cwd: "/it's here", startId: 'i', flock: undefined },
    keepIpc: true,
    env,
    command: ['/usr/bin/node', "export NOT='me'"],
  });
  assert.deepEqual(parseLaunchEnv(file), env);
  assert.deepEqual(readLaunchEnv('/nonexistent'), {});
});
