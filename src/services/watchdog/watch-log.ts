import { writeSync } from 'node:fs';

export type WatchFields = Readonly<Record<string, unknown>>;

/** One JSON line each, in the fields that `sigctl logs` knows. */
export interface WatchLog {
  readonly info: (msg: string, fields?: WatchFields) => void;
  readonly warn: (msg: string, fields?: WatchFields) => void;
  /** The same trouble again within a minute is not said again: a full disk or a locked table would repeat it at every tick. */
  readonly trouble: (msg: string, error: unknown) => void;
}

const REPEAT_AFTER_MS = 60_000;
const STDOUT = 1;
/** So many different troubles are remembered; a watchdog must not grow by what goes wrong. */
const MAX_REMEMBERED = 100;

export function createWatchLog(nowMs: () => number, write: (line: string) => void = writeLine): WatchLog {
  const saidAtMs = new Map<string, number>();
  const line = (level: string, msg: string, fields: WatchFields = {}): void =>
    write(`${JSON.stringify({ level, time: new Date(nowMs()).toISOString(), name: 'watchdog', msg, ...fields })}\n`);
  return {
    info: (msg, fields) => line('info', msg, fields),
    warn: (msg, fields) => line('warn', msg, fields),
    trouble: (msg, error) => {
      const reason = error instanceof Error ? error.message : String(error);
      const key = `${msg}: ${reason}`;
      const last = saidAtMs.get(key);
      if (last !== undefined && Math.abs(nowMs() - last) < REPEAT_AFTER_MS) return;
      if (saidAtMs.size >= MAX_REMEMBERED) saidAtMs.clear();
      saidAtMs.set(key, nowMs());
      line('error', msg, { reason });
    },
  };
}

function writeLine(line: string): void {
  try {
    writeSync(STDOUT, line);
  } catch {
    // ENOSPC: the disk is full. To watch goes before to tell.
  }
}
