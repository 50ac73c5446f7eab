import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { REPO, type Rig } from './rig.js';

export const NO_PSEUDO_TERMINAL =
  spawnSync('script', ['--version']).status === 0 ? undefined : 'script(1) of util-linux is missing';

export interface OnTerminal {
  /** Everything that was shown so far, as the terminal got it. */
  readonly text: () => string;
  /** script(1); what is written to its standard input was typed. */
  readonly child: ChildProcess;
  /** Of sigctl itself. */
  readonly pid: () => number;
}

/** `sigctl` as a person sees it: on a pseudo-terminal, by script(1) of util-linux. */
export function runOnTerminal(t: TestContext, rig: Rig, args: readonly string[]): OnTerminal {
  const pidFile = join(rig.root, 'on-terminal.pid');
  rmSync(pidFile, { force: true });
  // Without exec, the shell of script(1) would end by a signal of the terminal too.
  const command = `echo $$ >${pidFile}; exec ${process.execPath} ${join(REPO, 'bin/sigctl')} ${args.join(' ')}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: rig.root,
    env: { PATH: process.env['PATH'] ?? '', HOME: rig.root, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text, child, pid: () => Number(readFileSync(pidFile, 'utf8')) };
}
