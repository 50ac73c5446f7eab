import { setMaxListeners } from 'node:events';
import { stat } from 'node:fs/promises';
import type { LogRecord, LogSource } from '../core/log-line.js';
import { isMissing, logUnreadable } from './file-errors.js';
import { followCursor } from './follow.js';
import type { LogCursor } from './log-cursor.js';
import { LineClock, mergeByTime, type TimedRecord } from './merge.js';
import { mergeLive } from './merge-live.js';
import { openCursorAtTail } from './open-cursor.js';
import { parseLine } from './parse-line.js';
import { finishHistory, readHistory } from './tail.js';

export interface ReadLogsOptions {
  readonly sources: readonly LogSource[];
  /** Of each log. */
  readonly lines: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** One log that is being read: the cursor goes from the past into the present without a gap. */
interface OpenLog {
  readonly source: LogSource;
  readonly path: string;
  readonly cursor: LogCursor;
  readonly clock: LineClock;
}

/**
 * Reads the last lines of several logs as one sequence by time, and, when asked, goes on with what is written from then on
 * until the signal aborts. Batches are never empty. A log that does not exist (yet) has no lines.
 *
 * @throws {SigctlError} LOG_UNREADABLE
 */
export async function* readLogs(
  logPath: (key: string) => string,
  options: ReadLogsOptions,
): AsyncGenerator<LogRecord[]> {
  const ours = new AbortController();
  const signal = AbortSignal.any([options.signal, ours.signal]);
  // One listener per followed log is no leak.
  setMaxListeners(0, signal);
  const logs: OpenLog[] = [];
  try {
    for (const source of options.sources) logs.push(await openLog(source, logPath(source.key), options));
    for await (const batch of mergeByTime(logs.map((log) => timedHistory(log, options.follow)))) {
      if (signal.aborted) return;
      yield batch;
    }
    if (options.follow) yield* mergeLive(logs.map((log) => timedFollow(log, signal)));
  } finally {
    ours.abort();
    await Promise.all(logs.map(({ cursor }) => cursor.close()));
  }
}

/** Whether a service has ever written a line that is still on disk: its live file or a segment has bytes. */
export async function hasLog(path: string): Promise<boolean> {
  const { cursor } = await openCursorAtTail(path, { lines: 1, countUnfinished: true });
  await cursor.close();
  return cursor.unreadBytes > 0;
}

async function openLog(source: LogSource, path: string, options: ReadLogsOptions): Promise<OpenLog> {
  const fallbackMs = await writtenAtMs(path);
  const { cursor } = await openCursorAtTail(path, { lines: options.lines, countUnfinished: !options.follow });
  return { source, path, cursor, clock: new LineClock(fallbackMs) };
}

async function* timedHistory(log: OpenLog, follow: boolean): AsyncGenerator<readonly TimedRecord[]> {
  for await (const { lines } of readHistory(log.cursor)) yield timed(log, lines);
  // A follower shows the unfinished line once it is complete.
  if (!follow) yield timed(log, await finishHistory(log.cursor));
}

async function* timedFollow(log: OpenLog, signal: AbortSignal): AsyncGenerator<readonly TimedRecord[]> {
  for await (const lines of followCursor(log.cursor, { path: log.path, signal })) yield timed(log, lines);
}

function timed(log: OpenLog, lines: readonly string[]): readonly TimedRecord[] {
  return log.clock.time(lines.map((line) => recordOf(log.source, line)));
}

/** Spelled out, since spreading two objects costs more than parsing the line. */
function recordOf({ service, instance, key }: LogSource, line: string): LogRecord {
  const { atMs, level, msg, fields, raw, json } = parseLine(line);
  return { service, instance, key, atMs, level, msg, fields, raw, json };
}

async function writtenAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw logUnreadable(path, error);
  }
}
