import { setMaxListeners } from 'node:events';
import { statSync } from 'node:fs';
import type { LogEntry, LogRule, LogSource } from '../core/log-line.js';
import type { LogQuery } from '../core/log-query.js';
import { isMissing, logUnreadable } from './file-errors.js';
import { type FollowStep, followCursor } from './follow.js';
import { finishHistory, readHistory } from './history.js';
import { LinePicker, type PickedLine } from './line-picker.js';
import type { LogCursor } from './log-cursor.js';
import { type ClockedRecord, LineClock, mergeByTime, type TimedEntry } from './merge.js';
import { mergeLive } from './merge-live.js';
import { openCursorAtRange } from './open-cursor.js';
import { PieceStack } from './piece-stack.js';
import { type NoticedStart, StartWatch } from './start-watch.js';

export interface ReadLogsOptions {
  readonly sources: readonly LogSource[];
  /** The last ones of each log, of those that the query wants; all when left out. */
  readonly lines?: number | undefined;
  readonly query?: LogQuery;
  readonly follow: boolean;
  /** While following, what happens to files and processes is told between the lines. */
  readonly rules?: RuleOptions | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

export interface RuleOptions {
  readonly lockPath: (key: string) => string;
  readonly nowMs: () => number;
}

/** One log that is being read: the cursor goes from the past into the present without a gap. */
interface OpenLog {
  readonly source: LogSource;
  readonly path: string;
  readonly cursor: LogCursor<PickedLine>;
  readonly skip: number;
  readonly clock: LineClock;
  readonly starts: StartWatch | undefined;
  readonly tellsRules: boolean;
}

/**
 * Reads the wanted lines of several logs as one sequence by time, and, when asked, goes on with what is written from then on
 * until the signal aborts. Batches are never empty. A log that does not exist (yet) has no lines. However large the logs
 * are, a few megabytes of each are held.
 *
 * @throws {SigctlError} LOG_UNREADABLE
 */
export async function* readLogs(
  logPath: (key: string) => string,
  options: ReadLogsOptions,
): AsyncGenerator<LogEntry[]> {
  const { signal } = options;
  const logs: OpenLog[] = [];
  try {
    for (const source of options.sources) logs.push(await openLog(source, logPath(source.key), options));
    for await (const batch of mergeByTime(logs.map((log) => timedHistory(log, options.follow)))) {
      if (signal?.aborted) return;
      yield batch;
    }
    if (options.follow) yield* followAll(logs, signal);
  } finally {
    await Promise.all(logs.map(({ cursor }) => cursor.close()));
  }
}

async function* followAll(logs: readonly OpenLog[], signal: AbortSignal | undefined): AsyncGenerator<LogEntry[]> {
  const ours = new AbortController();
  const either = signal === undefined ? ours.signal : AbortSignal.any([signal, ours.signal]);
  // One listener per followed log is no leak.
  setMaxListeners(0, either);
  try {
    yield* mergeLive(logs.map((log) => timedFollow(log, either)));
  } finally {
    ours.abort();
  }
}

/** Whether a service has ever written a line that is still on disk: its live file or a segment has bytes. */
export async function hasLog(path: string): Promise<boolean> {
  const stack = await PieceStack.open(path);
  try {
    for (let age = 0; ; age += 1) {
      const entry = await stack.at(age);
      if (entry === undefined) return false;
      if ((await entry.sizeBytes()) > 0) return true;
    }
  } finally {
    await stack.close();
  }
}

async function openLog(source: LogSource, path: string, options: ReadLogsOptions): Promise<OpenLog> {
  const { query = {}, follow, rules } = options;
  const writtenMs = await writtenAtMs(path);
  // Nothing was written since: also true of a log whose lines state no time.
  const isOld = writtenMs !== undefined && query.sinceMs !== undefined && writtenMs < query.sinceMs;
  const range = isOld ? { lines: 0 } : { lines: options.lines, query };
  const createPicker = () => new LinePicker(query);
  const { cursor, skip } = await openCursorAtRange(path, { ...range, countUnfinished: !follow }, createPicker);
  return {
    source,
    path,
    cursor,
    skip,
    clock: new LineClock(writtenMs ?? 0),
    starts: follow && rules !== undefined ? new StartWatch(rules.lockPath(source.key), rules.nowMs) : undefined,
    tellsRules: rules !== undefined,
  };
}

async function* timedHistory(log: OpenLog, follow: boolean): AsyncGenerator<readonly TimedEntry[]> {
  let { skip } = log;
  for await (const { lines } of readHistory(log.cursor)) {
    yield timed(log, lines.slice(skip));
    skip = Math.max(0, skip - lines.length);
  }
  // A follower shows the unfinished line once it is complete.
  if (!follow) yield timed(log, (await finishHistory(log.cursor)).slice(skip));
}

async function* timedFollow(log: OpenLog, signal: AbortSignal): AsyncGenerator<readonly TimedEntry[]> {
  let start: NoticedStart | undefined;
  // Before the read, so that what the old process wrote last is in the lines that come now.
  const beforeRead = () => {
    start ??= log.starts?.look();
  };
  for await (const step of followCursor(log.cursor, { path: log.path, signal, beforeRead })) {
    const orderMs = log.clock.lastMs;
    const entries = [...timed(log, step.lines)];
    let place = start === undefined ? undefined : placeOf(start, step);
    if (start === undefined && step.lines.length > 0) {
      // The new process may have been started, and heard, while its lines were read.
      start = log.starts?.look();
      place = start === undefined ? undefined : firstSince(start, step);
    }
    if (start !== undefined && place !== undefined) {
      entries.splice(place, 0, { entry: ruleOf(log, start.happening), orderMs: start.atMs });
      start = undefined;
    }
    if (step.change !== undefined && log.tellsRules) {
      entries.unshift({ entry: ruleOf(log, { kind: step.change }), orderMs });
    }
    if (entries.length > 0) yield entries;
  }
}

/** Before the first line of its time, or before lines that state none; at the latest when there are no more lines. */
function placeOf(start: NoticedStart, step: FollowStep<PickedLine>): number | undefined {
  const first = firstSince(start, step);
  if (first !== undefined) return first;
  const statesTimes = step.lines.some(({ line }) => line.atMs !== undefined);
  return step.atEnd || (step.lines.length > 0 && !statesTimes) ? 0 : undefined;
}

function firstSince({ atMs }: NoticedStart, { lines }: FollowStep<PickedLine>): number | undefined {
  const first = lines.findIndex(({ line }) => line.atMs !== undefined && line.atMs >= atMs);
  return first === -1 ? undefined : first;
}

function ruleOf({ source: { service, key } }: OpenLog, happening: LogRule['happening']): LogRule {
  return { service, key, happening };
}

function timed(log: OpenLog, lines: readonly PickedLine[]): readonly TimedEntry[] {
  return log.clock.time(lines.map((picked) => recordOf(log.source, picked)));
}

/** Spelled out, since spreading two objects costs more than parsing the line. */
function recordOf({ service, instance, key }: LogSource, { line, afterMs }: PickedLine): ClockedRecord {
  const { atMs, level, msg, fields, raw, json } = line;
  return { record: { service, instance, key, atMs, level, msg, fields, raw, json }, afterMs };
}

/** When the live file was last written; `undefined`: there is none. */
async function writtenAtMs(path: string): Promise<number | undefined> {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw logUnreadable(path, error);
  }
}
