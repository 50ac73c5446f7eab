import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { TopScreen, TopScreenEvents } from '../../commands/top-ports.js';
import { finishKeys, parseKeys } from '../../core/top/top-key.js';
import { screenDiff } from '../../render/top/screen-diff.js';

/** Alternate screen, no cursor, no wrapping, pasted text marked as such (xterm's ctlseqs). */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h\u001b[2J\u001b[H';
/** All of it back. The end of a synchronised update comes first, in case that one was cut short. */
const LEAVE = '\u001b[?2026l\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l';
/** A key's sequence arrives in one piece, or over a slow line in two: so long an escape waits for its rest. */
const ESCAPE_MS = 60;
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a terminal that does not know its size most likely is. */
const USUAL = { columns: 80, rows: 24 };

/**
 * Takes the terminal of stdin and stdout. It is given back by `close`, and also when this process ends in another way than by
 * SIGKILL: each signal of `ENDING_SIGNALS` is told as an end, and an uncaught error gives it back first.
 */
export function openTopScreen(events: TopScreenEvents): TopScreen {
  const { stdin, stdout } = process;
  let shown: readonly string[] = [];
  let isEntered = false;
  let rest = '';
  let escapeTimer: NodeJS.Timeout | undefined;
  const write = (text: string): void => {
    try {
      writeSync(stdout.fd, text);
    } catch (error) {
      // EIO: the terminal is gone, and with it whoever looked. EAGAIN: it takes nothing now; the next frame is whole.
      if (isCode(error, 'EAGAIN')) shown = [];
      else events.onEnd(128 + constants.signals.SIGHUP);
    }
  };
  const enter = (): void => {
    isEntered = true;
    setRaw(true);
    write(ENTER);
    shown = [];
  };
  const leave = (): void => {
    if (!isEntered) return;
    isEntered = false;
    write(LEAVE);
    setRaw(false);
  };
  const onData = (chunk: string): void => {
    clearTimeout(escapeTimer);
    const parsed = parseKeys(rest + chunk);
    ({ rest } = parsed);
    for (const key of parsed.keys) events.onKey(key);
    if (rest === '') return;
    escapeTimer = setTimeout(() => {
      for (const key of finishKeys(rest)) events.onKey(key);
      rest = '';
    }, ESCAPE_MS);
  };
  const suspend = (): void => {
    leave();
    // The whole job, as the terminal would have done; SIGSTOP, since our own handler takes SIGTSTP.
    process.kill(0, 'SIGSTOP');
  };
  const onContinue = (): void => {
    enter();
    events.onRedraw();
  };
  const onGone = (): void => events.onEnd(128 + constants.signals.SIGHUP);
  const onResize = (): void => events.onRedraw();
  const enders = ENDING_SIGNALS.map((signal) => ({
    signal,
    end: () => events.onEnd(128 + constants.signals[signal]),
  }));

  stdin.setEncoding('utf8').on('data', onData).on('end', onGone).on('error', onGone);
  stdout.on('resize', onResize).on('error', onGone);
  process.on('SIGTSTP', suspend).on('SIGCONT', onContinue).on('exit', leave).on('uncaughtExceptionMonitor', leave);
  for (const { signal, end } of enders) process.on(signal, end);
  enter();

  return {
    size: () => ({ columns: stdout.columns || USUAL.columns, rows: stdout.rows || USUAL.rows }),
    paint: (frame) => {
      if (!isEntered) return;
      const before = shown;
      shown = frame;
      const changes = screenDiff(before, frame);
      if (changes !== '') write(changes);
    },
    forget: () => {
      shown = [];
    },
    suspend,
    close: () => {
      clearTimeout(escapeTimer);
      leave();
      stdin.off('data', onData).off('end', onGone).off('error', onGone).pause();
      stdout.off('resize', onResize);
      process.off('SIGTSTP', suspend).off('SIGCONT', onContinue).off('exit', leave);
      process.off('uncaughtExceptionMonitor', leave);
      for (const { signal, end } of enders) process.off(signal, end);
    },
  };
}

function setRaw(isRaw: boolean): void {
  try {
    process.stdin.setRawMode(isRaw);
  } catch {
    // EIO: the terminal is gone, and needs no mode.
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
