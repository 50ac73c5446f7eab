import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ProcessExit } from '../core/observed-process.js';
import { daemonLogPath } from './daemon-command.js';

/** Enough for some hundred exits; older ones do not matter here. */
const TAIL_BYTES = 256 * 1024;

/** The last exit of an app, as the daemon wrote it down. */
export interface LoggedExit extends ProcessExit {
  /** PM2 gave up on it right after this exit. */
  readonly gaveUp: boolean;
}

/**
 * The last exit of each app by name, read from the daemon's own log, and whether PM2 gave the app up, which nothing else tells: it
 * counts the restarts of cluster apps itself. Exits proper stand in the exit journal.
 */
export function readLoggedExits(pm2Home: string): ReadonlyMap<string, LoggedExit> {
  return parseDaemonLog(readTail(daemonLogPath(pm2Home)));
}

/** The end of the daemon's log, as text. */
export function readDaemonLogTail(pm2Home: string): string {
  return readTail(daemonLogPath(pm2Home));
}

const EXIT_LINE = /^(?:(\S+): PM2 log: )?App \[(.+):\d+\] exited with code \[(\d+)\] via signal \[(\w+)\]/;
const GAVE_UP = /had too many unstable restarts/;
const STARTED = /App \[(.+):\d+\] starting in -/;

/** Later lines win; a start after giving up takes that back. */
export function parseDaemonLog(text: string): ReadonlyMap<string, LoggedExit> {
  const exits = new Map<string, LoggedExit>();
  let last: string | undefined;
  for (const line of text.split('\n')) {
    const exit = parseExit(line);
    if (exit !== undefined) {
      exits.set(exit.name, { ...exit.exit, gaveUp: false });
      last = exit.name;
      continue;
    }
    const known = last === undefined ? undefined : exits.get(last);
    if (GAVE_UP.test(line) && last !== undefined && known !== undefined) exits.set(last, { ...known, gaveUp: true });
    const started = STARTED.exec(line)?.[1];
    const before = started === undefined ? undefined : exits.get(started);
    if (started !== undefined && before !== undefined) exits.set(started, { ...before, gaveUp: false });
  }
  return exits;
}

function parseExit(line: string): { readonly name: string; readonly exit: ProcessExit } | undefined {
  const [, at, name, code, signal] = EXIT_LINE.exec(line) ?? [];
  if (name === undefined || code === undefined || signal === undefined) return undefined;
  // PM2 writes SIGINT where there was no signal; a real one comes with code 0. A true death by SIGINT looks like an exit 0.
  const bySignal = code === '0' && signal !== 'SIGINT';
  const atMs = at === undefined ? Number.NaN : Date.parse(at);
  return {
    name,
    exit: {
      atMs: Number.isNaN(atMs) ? null : atMs,
      code: bySignal ? null : Number(code),
      signal: bySignal ? signal : null,
    },
  };
}

function readTail(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // No daemon ever ran here: no exit is known.
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, read);
  } finally {
    closeSync(file);
  }
}
