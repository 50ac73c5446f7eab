import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app, startRig, until } from './rig.js';
import { terminal, WITHOUT_TMUX } from './tmux.js';

const MANIFEST = {
  apps: [app('web', 'idle.mjs'), app('other', 'idle.mjs')],
  sigctl: { watchdog: false },
};

test('top on a real terminal: select, restart, resize, suspend, quit, and the shell is as it was', {
  skip: WITHOUT_TMUX,
}, async (t) => {
  const rig = await startRig(t, MANIFEST);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const shell = terminal(t, rig.root);
  await shell.open('top', /2 of 2 healthy/);
  assert.equal(shell.facts(), 'cursor 0, alternate 1');
  const before = rig.pid('other');

  await t.test('the selection moves, and r with y restarts that service', async () => {
    shell.keys('Down');
    await shell.shows(/▸ other/);
    shell.keys('r');
    await shell.shows(/Restart other\? y\/n/);
    shell.keys('n');
    await shell.shows(/Nothing was changed/);
    assert.equal(rig.pid('other'), before);
    shell.keys('r');
    await shell.shows(/Restart other\?/);
    shell.keys('y');
    await shell.shows(/sigctl restart other: ✔ other ready/);
    assert.notEqual(rig.pid('other'), before);
    await shell.shows(new RegExp(`other +healthy +${rig.pid('other')} `));
    await shell.shows(/other +exit +operator/);
  });

  await t.test('another size of the window is another frame', async () => {
    shell.resize(60, 20);
    await until(shell.fills(60, 20));
    shell.resize(100, 30);
    await until(shell.fills(100, 30));
  });

  await t.test('Ctrl-Z gives the shell back, and fg the view', async () => {
    shell.keys('C-z');
    await shell.shows(/Stopped/);
    assert.equal(shell.facts(), 'cursor 1, alternate 0');
    shell.keys('fg', 'Enter');
    await shell.shows(/2 of 2 healthy/);
    assert.equal(shell.facts(), 'cursor 0, alternate 1');
  });

  await t.test('q quits, and what the shell had shown is there again', async () => {
    shell.keys('q');
    await until(() => shell.facts() === 'cursor 1, alternate 0');
    await shell.shows(/before\n/);
    assert.doesNotMatch(shell.screen(), /2 of 2 healthy/);
    shell.keys('clear; stty -a | grep -o "[-]*icanon"', 'Enter');
    await shell.shows(/^icanon/m);
  });
});

test('top that is killed with SIGTERM, SIGINT or SIGHUP gives the terminal back', { skip: WITHOUT_TMUX }, async (t) => {
  const rig = await startRig(t, MANIFEST);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const shell = terminal(t, rig.root);
  for (const [signal, exitCode] of [
    ['TERM', 143],
    ['INT', 130],
    ['HUP', 129],
  ] as const) {
    shell.keys('clear', 'Enter');
    await shell.open('top', /2 of 2 healthy/);
    process.kill(shell.topPid(), `SIG${signal}`);
    await shell.shows(new RegExp(`ended ${exitCode}`));
    assert.equal(shell.facts(), 'cursor 1, alternate 0');
    assert.match(shell.screen(), /before\n/);
  }
});

test('top without a terminal refuses, says what to type instead, and that works', async (t) => {
  const rig = await startRig(t, MANIFEST);
  const run = await rig.sigctl(['top']);
  assert.deepEqual([run.exitCode, run.stdout], [2, '']);
  assert.match(
    run.stderr,
    /^sigctl: Cannot open the live view: .*\nhint: Print it again and again instead: sigctl status --watch \(once: sigctl status\)/,
  );
  assert.equal((await rig.sigctl(['status'])).exitCode, 0);
});
