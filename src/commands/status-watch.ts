import { formatLimit } from '../core/duration.js';
import { EXIT, SigctlError } from '../errors.js';
import { type FrameSize, paintFrame } from '../render/frame.js';

/** Where a view is painted again and again. On a terminal it is a screen of its own, which `close` takes away. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly size: () => FrameSize;
  /** Resolves when it is taken; false: nobody looks any more. */
  readonly write: (text: string) => Promise<boolean>;
  /** Until the time is over, the size changes, or somebody ends it. */
  readonly wait: (waitMs: number) => Promise<ScreenEvent>;
  /** Leaves the terminal as it was; a second call does nothing. */
  readonly close: () => void;
}

export type ScreenEvent = 'time' | 'resized' | { readonly endedBy: 'SIGINT' | 'SIGTERM' | 'SIGHUP' };

export interface WatchDeps {
  readonly openScreen: () => Promise<Screen>;
  readonly nowMs: () => number;
}

export interface WatchOptions {
  readonly intervalMs: number;
  /** One JSON document per line and look, and nothing else. */
  readonly json: boolean;
  /** Looks, and renders what was seen for a width in columns. */
  readonly look: () => Promise<(width: number) => string>;
}

/** As a shell tells a death by signal. Ctrl-C is how a watch ends, so it is success. */
const EXIT_CODES = { SIGINT: EXIT.ok, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Shows a view until somebody ends it, looking anew at each interval. What cannot be read at the first look is refused as
 * usual; later it is shown in place of the view, which comes back when it can be read again.
 */
export async function runWatch(deps: WatchDeps, options: WatchOptions): Promise<number> {
  let render = await options.look();
  const screen = await deps.openScreen();
  try {
    for (;;) {
      if (!(await screen.write(renderFrame(screen, render, { ...options, nowMs: deps.nowMs() })))) return EXIT.ok;
      const event = await screen.wait(options.intervalMs);
      if (typeof event === 'object') return EXIT_CODES[event.endedBy];
      if (event === 'time') render = await lookAgain(options);
    }
  } finally {
    screen.close();
  }
}

async function lookAgain({ look }: WatchOptions): Promise<(width: number) => string> {
  try {
    return await look();
  } catch (error) {
    // A manifest that is being edited, a database that is locked for long: it passes.
    if (error instanceof SigctlError) return () => `${error.message}\nhint: ${error.hint}`;
    throw error;
  }
}

function renderFrame(
  screen: Screen,
  render: (width: number) => string,
  { json, intervalMs, nowMs }: WatchOptions & { readonly nowMs: number },
): string {
  const size = screen.size();
  const text = render(size.columns);
  if (json) return `${text}\n`;
  if (!screen.isTerminal) return `${text}\n\n`;
  const clock = new Date(nowMs).toTimeString().slice(0, 8);
  return paintFrame(`${text}\n\nevery ${formatLimit(intervalMs)} · ${clock} · Ctrl-C ends`, size);
}
