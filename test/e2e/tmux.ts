import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { readProcStat } from '../../src/process/proc-stat.js';
import { listPids } from '../../src/process/tree.js';
import { REPO, until } from './rig.js';

export const WITHOUT_TMUX = spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed';

/** A terminal of 80 × 24 with a shell in the folder, and a tmux server of its own. */
export function terminal(t: TestContext, cwd: string, more: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-tmux-'));
  const socket = join(folder, 'tmux');
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const variables = { PATH: process.env['PATH'] ?? '', HOME: cwd, TERM: 'screen-256color', LC_ALL: 'C.UTF-8', ...more };
  const env = Object.entries({ ...variables, PS1: 'shell> ' }).map(([name, value]) => `${name}='${value}'`);
  const size = ['-x', '80', '-y', '24'];
  tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', cwd, `env -i ${env.join(' ')} bash --norc -i`);
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
    /** Whether a frame of `top` has this very size: the time ends its first line. */
    fills: (columns: number, rows: number) => () => {
      const lines = screen().trimEnd().split('\n');
      return lines.length === rows && lines[0]?.length === columns && lines.every((line) => line.length <= columns);
    },
    /** Types a command line of sigctl, and waits until it shows this. `$!` and job control work as for an operator. */
    open: async (args: string, shown: RegExp) => {
      tmux(
        'send-keys',
        `echo before; '${process.execPath}' '${join(REPO, 'bin/sigctl')}' ${args}; echo "ended $?"`,
        'Enter',
      );
      await until(() => shown.test(screen()));
    },
  };
}
