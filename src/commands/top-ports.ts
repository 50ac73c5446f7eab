import type { LogEntry, LogSource } from '../core/log-line.js';
import type { TopKey } from '../core/top/top-key.js';
import type { TopLook } from '../core/top/top-look.js';
import type { TopOutcome } from '../core/top/top-state.js';
import type { TopSize } from '../render/top/style.js';
import type { Output } from './session.js';

/** A terminal that `top` has for itself until it is closed. */
export interface TopScreen {
  readonly size: () => TopSize;
  /** Shows a frame, and writes what differs from the one before. */
  readonly paint: (frame: readonly string[]) => void;
  /** The next frame is written whole. */
  readonly forget: () => void;
  /** Gives the terminal back, stops this process, and takes it again when it goes on. */
  readonly suspend: () => void;
  /** Gives the terminal back as it was. Again is nothing. */
  readonly close: () => void;
}

/** What comes from the terminal and from signals. */
export interface TopScreenEvents {
  readonly onKey: (key: TopKey) => void;
  /** Another size, or back from a suspension: everything has to be drawn again. */
  readonly onRedraw: () => void;
  /** Nobody looks any more. @param exitCode 0, or 128 and the number of the signal. */
  readonly onEnd: (exitCode: number) => void;
}

/** The only things `top` may touch. */
export interface TopDeps {
  /** @throws {SigctlError} TERMINAL_MISSING (exit 2) */
  readonly requireTerminal: () => void;
  readonly openScreen: (events: TopScreenEvents) => TopScreen;
  /** Looks at the stack as `status` does. */
  readonly look: () => Promise<TopLook>;
  /** The last lines of these logs, and new ones until the signal aborts. */
  readonly followLogs: (sources: readonly LogSource[], signal: AbortSignal) => AsyncIterable<readonly LogEntry[]>;
  /** Runs `sigctl <args>` to its end. Never rejects. */
  readonly runSigctl: (args: readonly string[]) => Promise<TopOutcome>;
  /** Calls back after so many milliseconds, unless the returned function was called. */
  readonly after: (delayMs: number, work: () => void) => () => void;
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'note' | 'colour' | 'setExitCode'>;
}
