import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readProcStat } from '../../src/process/proc-stat.js';
import { listPids } from '../../src/process/tree.js';
import { app, REPO, type Rig, startRig, until } from './rig.js';

const MANIFEST = {
  apps: [app('web', 'idle.mjs'), app('other', 'idle.mjs')],
  sigctl: { watchdog: false },
};
const SKIP = spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed';

/** A terminal of 80 × 24 with a shell in the project, and a server of its own. */
function terminal(t: TestContext, rig: Rig) {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-tmux-'));
  const socket = join(folder, 'tmux');
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const env = [
    'env',
    '-i',
    `PATH=${process.env['PATH']}`,
    `HOME=${rig.root}`,
    'TERM=screen-256color',
    'LC_ALL=C.UTF-8',
    "PS1='shell> '",
  ];
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-x',
    '80',
    '-y',
    '24',
    '-c',
    rig.root,
    `${env.join(' ')} bash --norc -i`,
  );
  t.after(() => {
    tmux('kill-server');
    rmSync(folder, { recursive: true, force: true });
  });
  const screen = () => tmux('capture-pane', '-p');
  return {
    screen,
    keys: (...keys: readonly string[]) => tmux('send-keys', ...keys),
    resize: (columns: number, rows: number) => tmux('resize-window', '-x', String(columns), '-y', String(rows)),
    /** The process that the shell waits for. */
    topPid: () => {
      const shellPid = Number(tmux('display', '-p', '#{pane_pid}'));
      const [pid] = listPids().filter((candidate) => readProcStat(candidate)?.ppid === shellPid);
      return pid ?? assert.fail('top does not run');
    },
    /** `1`: seen, or in use. */
    facts: () => tmux('display', '-p', 'cursor #{cursor_flag}, alternate #{alternate_on}').trim(),
    shows: (pattern: RegExp) => until(() => pattern.test(screen())),
    /** The command line of `top`; `$!` and job control work as for an operator. */
    openTop: async () => {
      tmux(
        'send-keys',
        `echo before; '${process.execPath}' '${join(REPO, 'bin/sigctl')}' top; echo "ended $?"`,
        'Enter',
      );
      await until(() => /2 of 2 healthy/.test(screen()));
    },
  };
}

test('top on a real terminal: select, restart, resize, suspend, quit, and the shell is as it was', {
  skip: SKIP,
}, async (t) => {
  const rig = await startRig(t, MANIFEST);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const shell = terminal(t, rig);
  await shell.openTop();
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
    // The time ends the first line, and with it the frame.
    const fills = (columns: number, rows: number) => () => {
      const lines = shell.screen().trimEnd().split('\n');
      return lines.length === rows && lines[0]?.length === columns && lines.every((line) => line.length <= columns);
    };
    shell.resize(60, 20);
    await until(fills(60, 20));
    shell.resize(100, 30);
    await until(fills(100, 30));
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

test('top that is killed with SIGTERM, SIGINT or SIGHUP gives the terminal back', { skip: SKIP }, async (t) => {
  const rig = await startRig(t, MANIFEST);
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  const shell = terminal(t, rig);
  for (const [signal, exitCode] of [
    ['TERM', 143],
    ['INT', 130],
    ['HUP', 129],
  ] as const) {
    shell.keys('clear', 'Enter');
    await shell.openTop();
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
