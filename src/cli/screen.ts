import { writeSync } from 'node:fs';
import type { Screen, ScreenEvent } from '../commands/status-watch.js';
import { createPipeWriter } from '../logs/pipe-writer.js';
import type { Terminal } from './terminal.js';

/** The alternate screen, without a cursor, and without wrapping: a long line is cut at the edge instead of moving all others. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[2J';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const STDOUT = 1;
/** Where a terminal does not tell. */
const DEFAULT_ROWS = 24;
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Opens a screen on stdout: the terminal's second one, or none at all in a pipe. Whatever ends the process after this, short of
 * SIGKILL, the terminal gets its own screen back; a suspended one (Ctrl-Z) too, for as long as it is suspended.
 */
export function openScreen(terminal: Pick<Terminal, 'outIsTerminal' | 'width'>): Screen {
  const isTerminal = terminal.outIsTerminal;
  const write = createPipeWriter(process.stdout);
  let wake: ((event: ScreenEvent) => void) | undefined;
  let pending: ScreenEvent | undefined;
  let isShown = false;
  /** From Ctrl-Z until the signal to go on is heard, which timers may come before: meanwhile the screen is the shell's. */
  let isSuspended = false;
  const tell = (event: ScreenEvent): void => {
    // An end is never forgotten for a change of the size.
    if (typeof pending !== 'object') pending = event;
    wake?.(pending);
  };
  const toggle = (shown: boolean): void => {
    if (!isTerminal || shown === isShown) return;
    isShown = shown;
    try {
      // Not through the stream: this has to be out before the process ends or stops.
      writeSync(STDOUT, shown ? ENTER : LEAVE);
    } catch {
      // EIO, EPIPE: the terminal has gone, and with it the screen.
    }
  };
  const onEnd = Object.fromEntries(ENDING_SIGNALS.map((signal) => [signal, () => tell({ endedBy: signal })]));
  const onSuspend = (): void => {
    isSuspended = true;
    toggle(false);
    process.kill(process.pid, 'SIGSTOP');
  };
  const onContinue = (): void => {
    isSuspended = false;
    toggle(true);
    tell('resized');
  };
  const onResize = (): void => tell('resized');
  const onExit = (): void => toggle(false);
  const listen = (how: 'on' | 'off'): void => {
    for (const signal of ENDING_SIGNALS) process[how](signal, onEnd[signal] ?? onExit);
    if (!isTerminal) return;
    process[how]('exit', onExit);
    process[how]('SIGTSTP', onSuspend);
    process[how]('SIGCONT', onContinue);
    process.stdout[how]('resize', onResize);
  };
  listen('on');
  toggle(true);
  return {
    isTerminal,
    size: () => ({
      columns: isTerminal ? (process.stdout.columns ?? terminal.width) : terminal.width,
      rows: process.stdout.rows ?? DEFAULT_ROWS,
    }),
    write: async (text) => isSuspended || write(text).catch(gone),
    wait: async (waitMs) => {
      let timer: NodeJS.Timeout | undefined;
      const event = await new Promise<ScreenEvent>((resolve) => {
        wake = resolve;
        timer = setTimeout(() => resolve('time'), waitMs);
        if (pending !== undefined) resolve(pending);
      });
      clearTimeout(timer);
      wake = undefined;
      pending = undefined;
      return event;
    },
    close: () => {
      listen('off');
      toggle(false);
    },
  };
}

/** EIO: the terminal was closed, as by a lost connection. */
function gone(error: unknown): boolean {
  if (error instanceof Error && 'code' in error && error.code === 'EIO') return false;
  throw error;
}
