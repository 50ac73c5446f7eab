import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NO_PSEUDO_TERMINAL, runOnTerminal } from './pseudo-terminal.js';
import { app, collect, REPO, type Rig, startRig, until } from './rig.js';

const ESCAPES = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;]*m`, 'g');

/** What `sigctl logs trading -f` shows a person, without colours. */
function followOnTerminal(t: TestContext, rig: Rig) {
  const { text, child } = runOnTerminal(t, rig, ['logs', 'trading', '-f', '-n', '5']);
  return { child, text: () => text().replaceAll(ESCAPES, '').replaceAll('\r', '') };
}

test('following on a terminal goes on over a restart and two kinds of rotation, and tells each once', async (t) => {
  if (NO_PSEUDO_TERMINAL !== undefined) return t.skip(NO_PSEUDO_TERMINAL);
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const first = rig.pid('trading');
  const { text, child } = followOnTerminal(t, rig);
  const log = join(rig.root, 'logs/trading.log');
  await until(() => text().includes('ready'));
  assert.equal((await rig.sigctl(['restart', 'trading'])).exitCode, 0);
  const second = rig.pid('trading');
  await until(() => text().includes(`── trading restarted · pid ${first} → ${second} ──`));
  // By hand, as logrotate does it: renamed, then copied and cut. The service goes on with the file that it has open.
  renameSync(log, `${log}.1`);
  appendFileSync(log, 'after the rename\n');
  await until(() => text().includes('after the rename'));
  appendFileSync(log, `${'a line that the copy will hold '.repeat(50)}\n`);
  await until(() => text().includes('the copy will hold'));
  renameSync(`${log}.1`, `${log}.2`);
  copyFileSync(log, `${log}.1`);
  truncateSync(log, 0);
  appendFileSync(log, 'after the cut\n');
  await until(() => text().includes('after the cut'));
  const rules = text()
    .split('\n')
    .filter((line) => line.startsWith('──') || line.includes('after the'));
  assert.deepEqual(rules, [
    `── trading restarted · pid ${first} → ${second} ──`,
    '── log of trading rotated ──',
    'trading │ after the rename',
    '── log of trading rotated ──',
    'trading │ after the cut',
  ]);
  // Ctrl-C of the terminal.
  child.stdin?.write('\u0003');
  assert.equal((await collect(child)).exitCode, 0);
});

test('in a pipe there are lines and nothing else; SIGINT ends following with 0, and so does a reader that goes away', async (t) => {
  const rig = await startRig(t, { apps: [app('trading', 'idle.mjs')] });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const follower = rig.spawn(['logs', 'trading', '-f']);
  let text = '';
  follower.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.includes('ready'));
  assert.equal((await rig.sigctl(['restart', 'trading'])).exitCode, 0);
  await until(() => text.split('ready').length === 3);
  assert.doesNotMatch(text, /──/);
  follower.kill('SIGINT');
  assert.equal((await collect(follower)).exitCode, 0);

  const cli = `${process.execPath} ${join(REPO, 'bin/sigctl')}`;
  appendFileSync(join(rig.root, 'logs/trading.log'), 'x\n'.repeat(300_000));
  const script = `{ ${cli} logs trading -n 300000; echo "code $?" >&2; } | head -1`;
  const piped = spawnSync('/bin/sh', ['-c', script], { cwd: rig.root, encoding: 'utf8' });
  assert.deepEqual([piped.stdout.split('\n').length, piped.stderr], [2, 'code 0\n']);
});
