import type { LogHappening } from '../core/log-line.js';
import { isAlive } from '../process/identity.js';
import { type LaunchRecord, readLaunchRecord } from '../process/launch-record.js';
import { startedAtMs } from '../process/proc-stat.js';

/** A start that was noticed. */
export interface NoticedStart {
  readonly happening: LogHappening;
  /** Epoch milliseconds: lines of this time and later are the new process's. */
  readonly atMs: number;
}

/** Notices that the process behind a log was started or replaced, by what the launcher wrote into the lock file. */
export class StartWatch {
  readonly #lockFile: string;
  readonly #nowMs: () => number;
  #seen: LaunchRecord | undefined;
  /** The process that the next one replaces. */
  #last: LaunchRecord | undefined;

  constructor(lockFile: string, nowMs: () => number) {
    this.#lockFile = lockFile;
    this.#nowMs = nowMs;
    this.#seen = readLaunchRecord(lockFile);
    // Of a process that has ended by now, the next one is no restart.
    this.#last = this.#seen !== undefined && isAlive(this.#seen.identity) ? this.#seen : undefined;
  }

  /** The start since the last look. */
  look(): NoticedStart | undefined {
    const record = readLaunchRecord(this.#lockFile);
    if (record === undefined || isSame(record, this.#seen)) return undefined;
    const last = this.#last;
    this.#seen = record;
    this.#last = record;
    return { happening: happeningOf(last, record), atMs: startedAtMs(record.identity.startToken, this.#nowMs()) };
  }
}

function happeningOf(
  last: LaunchRecord | undefined,
  { identity: { pid }, startId, starts }: LaunchRecord,
): LogHappening {
  if (last === undefined) return { kind: 'started', pid };
  const times = last.startId === startId ? starts - last.starts : starts;
  return { kind: 'restarted', fromPid: last.identity.pid, pid, times: Math.max(1, times) };
}

function isSame(left: LaunchRecord, right: LaunchRecord | undefined): boolean {
  return left.identity.pid === right?.identity.pid && left.identity.startToken === right.identity.startToken;
}
