import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Init = 'plain' | 'systemd';

/** systemd as Debian installs it, on the host: the machine runs the host's programs. */
export const SYSTEMD = '/lib/systemd/systemd';

/** Folders of programs that are not in everybody's PATH. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** What this machine lacks to start one of the lab's; empty where nothing is missing. Each entry says how to get it. */
export function findMissing(init: Init): readonly string[] {
  return [
    ...missingProgram('linux.uml', 'a Linux kernel that runs as a process: apt-get install user-mode-linux'),
    ...missingProgram('mke2fs', 'makes the disk: apt-get install e2fsprogs'),
    ...missingProgram('pivot_root', 'apt-get install util-linux'),
    ...(needsWholeState()
      ? missingProgram('cc', 'the processor has AMX, which needs scripts/lab/xstate.c: apt-get install gcc libc6-dev')
      : []),
    ...(init === 'systemd' && !isExecutable(SYSTEMD) ? [`${SYSTEMD}: apt-get install systemd`] : []),
  ];
}

/** Whether the processor's vector state is larger than linux.uml knows (scripts/lab/xstate.c). */
export function needsWholeState(): boolean {
  return /\bamx_tile\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SBIN].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @throws {Error} What it printed, when it fails. */
export function runProgram(name: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(findProgram(name) ?? name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

function missingProgram(name: string, how: string): readonly string[] {
  return findProgram(name) === undefined ? [`${name}: ${how}`] : [];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run.
    return false;
  }
}
