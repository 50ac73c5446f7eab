import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { project, sigctl } from '../cli/rig.js';
import { app, REPO, startRig, until } from '../e2e/rig.js';
import { terminal, WITHOUT_TMUX } from '../e2e/tmux.js';
import { startSshd, WITHOUT_SSHD } from './sshd.js';

test('top of another machine: it draws, takes keys, fits another size, and the terminal is as it was after it', {
  skip: WITHOUT_SSHD || WITHOUT_TMUX,
}, async (t) => {
  const rig = await startRig(t, {
    apps: [app('web', 'idle.mjs'), app('other', 'idle.mjs')],
    sigctl: { watchdog: false },
  });
  mkdirSync(join(rig.root, 'bin'));
  symlinkSync(join(REPO, 'bin/sigctl'), join(rig.root, 'bin/sigctl'));
  const ssh = await startSshd(t);
  const here = project(t);
  await sigctl(here, ['host', 'add', 'prod', `vps:${rig.root}`], ssh.env);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const shell = terminal(t, here, ssh.env);
  await shell.open('@prod top', /2 of 2 healthy/);
  assert.equal(shell.facts(), 'cursor 0, alternate 1');
  await until(shell.fills(80, 24));

  await t.test('a service is selected and restarted there', async () => {
    const before = rig.pid('other');
    shell.keys('Down');
    await shell.shows(/▸ other/);
    shell.keys('r');
    await shell.shows(/Restart other\?/);
    shell.keys('y');
    await shell.shows(/sigctl restart other: ✔ other ready/);
    assert.notEqual(rig.pid('other'), before);
  });

  await t.test('another size of the window is another frame', async () => {
    shell.resize(60, 20);
    await until(shell.fills(60, 20));
    shell.resize(100, 30);
    await until(shell.fills(100, 30));
  });

  await t.test('q quits, and the terminal is as it was', async () => {
    shell.keys('q');
    await until(() => shell.facts() === 'cursor 1, alternate 0');
    await shell.shows(/before\n[\s\S]*ended 0/);
    assert.doesNotMatch(shell.screen(), /2 of 2 healthy/);
    shell.keys('clear; stty -a | grep -o "[-]*icanon"', 'Enter');
    await shell.shows(/^icanon/m);
  });

  await t.test('a connection that is lost gives the terminal back, and is named', async () => {
    shell.keys('clear', 'Enter');
    await shell.open('@prod top', /2 of 2 healthy/);
    ssh.disconnect();
    await until(() => shell.facts() === 'cursor 1, alternate 0');
    await shell.shows(/before\n[\s\S]*Cannot reach @prod[\s\S]*ended 4/);
    shell.keys('clear; stty -a | grep -o "[-]*icanon"', 'Enter');
    await shell.shows(/^icanon/m);
  });

  await t.test('Ctrl-C ends it too, here and there', async () => {
    shell.keys('clear', 'Enter');
    await shell.open('@prod top', /2 of 2 healthy/);
    shell.keys('C-c');
    await until(() => shell.facts() === 'cursor 1, alternate 0');
    await shell.shows(/ended \d+/);
    shell.keys('clear; stty -a | grep -o "[-]*icanon"', 'Enter');
    await shell.shows(/^icanon/m);
  });
});
