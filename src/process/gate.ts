import { existsSync, readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../core/observed-process.js';
import { ticksToMs } from './proc-stat.js';

/** How the launcher holds back a service that exited: the one line of its gate file. */
export interface Gate {
  /** The start by sigctl that it belongs to. With another one nothing is held back any more. */
  readonly startId: string;
  /** `run`: it let the service through. `wait`: it waits. `open`: too many exits. `never`: an exit code that is not restarted. */
  readonly state: 'run' | 'wait' | 'open' | 'never';
  /** The launcher that wrote it. */
  readonly launcher: ProcessIdentity;
  /** Milliseconds since boot: when it let the service through, when the wait ends, or when it gave up. */
  readonly atUptimeMs: number;
  /** So many exits within so long open the breaker. */
  readonly breaker: { readonly exits: number; readonly withinMs: number };
  /** Exits within that while so far. */
  readonly exits: number;
}

/** `undefined`: it was never held back, or the file is damaged, which the launcher takes for the same. */
export function readGate(path: string): Gate | undefined {
  // Asked first, as it is the rule, and an error with its stack costs five times as much.
  if (!existsSync(path)) return undefined;
  try {
    return parseGate(readFileSync(path, 'utf8'));
  } catch {
    // Gone since: it did not exit since it was started.
    return undefined;
  }
}

/**
 * When this process became its service, in epoch milliseconds. Its launcher is the same process and may have waited before, so that
 * the kernel's start time is too early.
 *
 * @param bootedMs Of `bootedAtMs`.
 */
export function launchedAtMs(gateFile: string, process: ProcessIdentity, bootedMs: number): number {
  const gate = readGate(gateFile);
  const isOwn = gate?.launcher.pid === process.pid && gate.launcher.startToken === process.startToken;
  const sinceBootMs = gate?.state === 'run' && isOwn ? gate.atUptimeMs : ticksToMs(process.startToken);
  return Math.round(bootedMs + sinceBootMs);
}

const LINE = /^(\S+) (run|wait|open|never) (\d{1,15}) (\S+) (\d{1,15}) (\d{1,15}) (\d{1,15}) \d{1,15}((?: \d{1,15})*)$/;

/** What follows the first line is left over from a longer one. */
export function parseGate(text: string): Gate | undefined {
  const [, startId, state, pid, startToken, until, exits, within, times] = LINE.exec(text.split('\n')[0] ?? '') ?? [];
  if (startId === undefined || startToken === undefined || !isState(state)) return undefined;
  return {
    startId,
    state,
    launcher: { pid: Number(pid), startToken },
    atUptimeMs: Number(until),
    breaker: { exits: Number(exits), withinMs: Number(within) },
    exits: times === undefined || times === '' ? 0 : times.trim().split(' ').length,
  };
}

function isState(word: string | undefined): word is Gate['state'] {
  return word === 'run' || word === 'wait' || word === 'open' || word === 'never';
}
