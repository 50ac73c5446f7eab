import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a step has left on a terminal. */
export interface Shot {
  readonly text: string;
  /** The same with its colours, as escape codes. */
  readonly ansi: string;
  /** Lines that the terminal had to break, each as one. */
  readonly broken: readonly string[];
}

/** A terminal in a tmux server of its own, which runs one command line at a time. */
export interface Terminal {
  /** Clears the screen and types a line for `sh`; its end is told by `isOver`. */
  readonly run: (line: string, folder: string) => void;
  readonly isOver: () => boolean;
  readonly press: (key: string) => void;
  readonly shot: () => Shot;
  readonly close: () => void;
}

const ROWS = 24;

export function openTerminal(
  base: string,
  { columns, env }: { readonly columns: number; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const socket = join(base, 'tmux');
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
    });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const shell = (line: string): string[] => [
    'env',
    '-i',
    ...Object.entries({ ...env, TERM: 'screen-256color', LC_ALL: 'C.UTF-8' }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    'sh',
    '-c',
    line,
  ];
  const resize = (width: number, rows: number) => tmux('resize-window', '-x', String(width), '-y', String(rows));
  tmux(
    'new-session',
    '-d',
    '-x',
    String(columns),
    '-y',
    String(ROWS),
    ...shell('true'),
    ';',
    'set',
    '-g',
    'remain-on-exit',
    'on',
  );
  tmux('set', '-g', 'remain-on-exit-format', '');
  tmux('set', '-g', 'history-limit', '20000');
  const capture = (...flags: readonly string[]) => tmux('capture-pane', '-p', '-S', '-', ...flags);
  return {
    run: (line, folder) => {
      resize(columns, ROWS);
      // A new window, as the history of an old one stays; the limit above counts for new ones only.
      tmux('new-window', '-k', '-t', ':0', '-c', folder, ...shell(line));
    },
    isOver: () => tmux('display', '-p', '#{pane_dead}').trim() === '1',
    press: (key) => {
      const [, width, rows] = /^(\d+)x(\d+)$/.exec(key) ?? [];
      if (width !== undefined) resize(Number(width), Number(rows));
      else if (/^SIG/.test(key)) signalChildren(Number(tmux('display', '-p', '#{pane_pid}')), key);
      else tmux('send-keys', key);
    },
    shot: () => {
      const joined = capture('-J')
        .split('\n')
        .map((each) => each.trimEnd());
      const width = Number(tmux('display', '-p', '#{pane_width}'));
      return {
        text: `${capture().trimEnd()}\n`,
        ansi: `${capture('-e').trimEnd()}\n`,
        broken: joined.filter((each) => [...each].length > width),
      };
    },
    close: () => tmux('kill-server'),
  };
}

/** The processes that the shell of the pane waits for. */
function signalChildren(shellPid: number, signal: string): void {
  spawnSync('pkill', [`-${signal.slice('SIG'.length)}`, '-P', String(shellPid)]);
}

/** Polls until it holds, or for so long; tells which. */
export async function holdsWithin(condition: () => boolean, withinMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > withinMs) return false;
    await sleep(50);
  }
  return true;
}
