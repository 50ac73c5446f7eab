import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LaunchPlan, renderLaunchFile, writeLaunchFile } from '../../src/process/launch-file.js';
import { tempFolder } from './rig.js';

const SHELLS = ['/bin/sh', '/bin/dash', '/bin/bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

const HOSTILE = [
  '',
  ' ',
  "it's",
  "'; exit 9; '",
  `"double" and 'single' and '\\''`,
  'two\nlines\n',
  '\n\n',
  '\r\n\t',
  '$(touch injected)',
  '`touch injected`',
  '$HOME $$ $0 !! ~ * ? [a-z]',
  'back\\slash \\n \\\\ \\',
  '# no comment; and & no | pipe > file < file',
  'é ü 日本語 😀 \u202e',
  '\u0001\u001b[31m\u007f',
  '-n',
  'a=b',
  'x'.repeat(100_000),
];

const PLAN: LaunchPlan = {
  key: 'trading',
  lock: '/run/trading.lock',
  pidFile: '/run/trading.pid',
  logFile: '/logs/trading.log',
  cwd: '/',
  startId: 'id-1',
  flock: '/usr/bin/flock',
  keepIpc: false,
  env: {},
  command: ['/bin/true'],
};

/** What a shell has after it sourced the launch file: the named variables, or the arguments, each ended by a NUL. */
function source(shell: string, folder: string, plan: LaunchPlan, script: string): readonly string[] {
  const file = join(folder, 'plan.launch');
  writeFileSync(file, renderLaunchFile(plan));
  const { stdout, stderr, status } = spawnSync(shell, ['-c', `set -u; . "$0"; ${script}`, file], {
    cwd: folder,
    encoding: 'utf8',
    env: {},
    // A bash whose stdin is a socket, as a pipe of node is, believes that rshd started it and reads ~/.bashrc.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.equal(`${status} ${stderr}`, '0 ');
  return stdout.split('\0').slice(0, -1);
}

for (const shell of SHELLS) {
  test(`${shell} gets back exactly the command of a launch file, however hostile`, (t) => {
    const command = ['/bin/true', ...HOSTILE];
    const folder = tempFolder(t);
    assert.deepEqual(source(shell, folder, { ...PLAN, command }, `printf '%s\\0' "$@"`), command);
    assert.deepEqual(readdirSync(folder), ['plan.launch']);
  });

  test(`${shell} gets back exactly the settings of a launch file, however hostile`, (t) => {
    const folder = tempFolder(t);
    for (const text of HOSTILE) {
      const plan = { ...PLAN, key: text, lock: text, pidFile: text, logFile: text, cwd: text, startId: text };
      const script = `printf '%s\\0' "$key" "$lock" "$pidfile" "$log" "$dir" "$start_id" "$flock" "$keep_ipc"`;
      assert.deepEqual(source(shell, folder, plan, script), [
        text,
        text,
        text,
        text,
        text,
        text,
        '/usr/bin/flock',
        '0',
      ]);
    }
    assert.deepEqual(readdirSync(folder), ['plan.launch']);
  });

  test(`${shell} gets back exactly the environment of a launch file, however hostile`, (t) => {
    const folder = tempFolder(t);
    const env = Object.fromEntries(HOSTILE.map((text, index) => [`VALUE_${index}`, text]));
    const script = `service_env; printf '%s\\0' ${Object.keys(env)
      .map((name) => `"$${name}"`)
      .join(' ')}`;
    assert.deepEqual(source(shell, folder, { ...PLAN, env }, script), HOSTILE);
    assert.deepEqual(readdirSync(folder), ['plan.launch']);
  });

  test(`${shell} keeps the settings when variables of the service have the same names`, (t) => {
    const env = { key: 'api-key', lock: 'L', log: 'debug', dir: '/tmp', flock: '', keep_ipc: '1', pidfile: 'P' };
    const script = `printf '%s\\0' "$key" "$lock" "$log" "$dir"; service_env; printf '%s\\0' "$key" "$log"`;
    assert.deepEqual(source(shell, tempFolder(t), { ...PLAN, env }, script), [
      ...['trading', '/run/trading.lock', '/logs/trading.log', '/'],
      ...['api-key', 'debug'],
    ]);
  });
}

test('a variable whose name a shell cannot set is passed on by env(1), never run as a command', (t) => {
  const env = { 'my.setting': '1', 'A;touch injected;B': '2', 'two words': '3', UID: '1000', '1ST': '4', plain: '5' };
  const folder = tempFolder(t);
  const args = source('/bin/sh', folder, { ...PLAN, env }, `printf '%s\\0' "$@"`);
  assert.deepEqual(args, [
    ...['/usr/bin/env', '--'],
    ...Object.entries(env)
      .filter(([name]) => name !== 'plain')
      .map(([name, value]) => `${name}=${value}`),
    '/bin/true',
  ]);
  assert.deepEqual(readdirSync(folder), ['plan.launch']);
});

test('a launch file opens the channel of PM2 for a service that keeps it', (t) => {
  const script = `service_env; printf '%s\\0' "$keep_ipc" "$NODE_CHANNEL_FD" "$NODE_CHANNEL_SERIALIZATION_MODE"`;
  assert.deepEqual(source('/bin/sh', tempFolder(t), { ...PLAN, keepIpc: true }, script), ['1', '3', 'json']);
});

test('a launch file says by an empty flock that there is none', (t) => {
  assert.deepEqual(source('/bin/sh', tempFolder(t), { ...PLAN, flock: undefined }, `printf '%s\\0' "$flock"`), ['']);
});

test('writeLaunchFile() makes a private folder and a private file, replaces it whole and leaves no draft', (t) => {
  const folder = join(tempFolder(t), 'run');
  const file = join(folder, 'trading.launch');
  writeLaunchFile(file, PLAN);
  writeLaunchFile(file, { ...PLAN, startId: 'id-2' });
  assert.match(readFileSync(file, 'utf8'), /^start_id='id-2'$/m);
  assert.deepEqual(readdirSync(folder), ['trading.launch']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});
