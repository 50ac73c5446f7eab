import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { EXIT, SigctlError } from '../../errors.js';
import type { Candle, SeriesKey } from './candle.js';
import type { CandleFeed, FeedDeps } from './candle-feed.js';
import { feedClock } from './feed-clock.js';
import { parseOhlcvtRow } from './ohlcvt-csv.js';

export interface ReplayFeedOptions extends SeriesKey {
  /** A CSV file of Kraken's OHLCVT rows; gzipped when it ends in `.gz`. */
  readonly path: string;
  /** Candles per second, or as fast as they can be stored. */
  readonly speed: number | 'max';
}

const MAX_BATCH = 500;
/** Below the full speed, so many batches per second. */
const BATCHES_PER_S = 20;

/**
 * Candles of the past from a file, streamed: the file is never held in memory. Ends after the last row.
 *
 * Throws (out of the generator) {SigctlError} REPLAY_FILE_MISSING, REPLAY_FILE_BROKEN or REPLAY_ROW_INVALID. Rows before a bad one
 * have been yielded then.
 */
export function replayFeed(options: ReplayFeedOptions, deps: FeedDeps): CandleFeed {
  const { symbol, intervalS, source, speed } = options;
  const series = { symbol, intervalS, source };
  return {
    series,
    expectEveryMs: speed === 'max' ? 0 : 1_000 / speed,
    async *candles(resumeAfterMs, signal) {
      const pace = pacer(speed, deps);
      const size = speed === 'max' ? MAX_BATCH : Math.min(MAX_BATCH, Math.ceil(speed / BATCHES_PER_S));
      for await (const batch of inBatches(readCandles(options.path, series), size, resumeAfterMs)) {
        await pace(batch.length, signal);
        if (signal.aborted) return;
        yield batch;
      }
    },
  };
}

/** A failure comes after the rows that were good before it. */
async function* inBatches(candles: AsyncIterable<Candle>, size: number, afterMs = -Infinity): AsyncGenerator<Candle[]> {
  let batch: Candle[] = [];
  try {
    for await (const candle of candles) {
      if (candle.openAtMs <= afterMs || batch.push(candle) < size) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/** Waits until so many more candles are due. Counts from the first, so that small delays do not add up. */
function pacer(speed: number | 'max', deps: FeedDeps): (candles: number, signal: AbortSignal) => Promise<void> {
  // A replay at its own pace does not stop for an hour because the clock was set back by one.
  const nowMs = feedClock(deps.nowMs);
  const startedAtMs = nowMs();
  let released = 0;
  return async (candles, signal) => {
    // At full speed too, give way to the event loop once per batch, so that heartbeats and signals get their turn.
    if (speed === 'max') return nextTurn();
    released += candles;
    await deps.pause(Math.max(0, startedAtMs + (released * 1_000) / speed - nowMs()), signal);
  };
}

async function* readCandles(path: string, series: SeriesKey): AsyncGenerator<Candle> {
  let lineNumber = 0;
  let afterMs: number | undefined;
  for await (const line of readLines(path)) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const row = parseOhlcvtRow(line, series, afterMs);
    if (row.kind === 'fault') throw rowInvalid(path, lineNumber, row.fault);
    afterMs = row.candle.openAtMs;
    yield row.candle;
  }
}

/** `readline` does not pass on the errors of its input (a missing file, a cut gzip), so lines are split here. */
async function* readLines(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of openBytes(path)) {
      const lines = (rest + String(chunk)).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw fileUnreadable(path, error);
  }
  if (rest !== '') yield rest;
}

function openBytes(path: string): AsyncIterable<unknown> {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return file.setEncoding('latin1');
  const text = createGunzip().setEncoding('latin1');
  // A failure of the file destroys the last stream with its error, which is where the loop above meets it.
  return pipeline(file, text, () => undefined);
}

function rowInvalid(path: string, lineNumber: number, fault: string): SigctlError {
  return new SigctlError(`Cannot replay "${basename(path)}": line ${lineNumber}: ${fault}`, {
    code: 'REPLAY_ROW_INVALID',
    hint: `Correct line ${lineNumber} of ${path}; the replay goes on by itself`,
    exitCode: EXIT.failed,
  });
}

function fileUnreadable(path: string, cause: unknown): SigctlError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  const absent = code === 'ENOENT';
  return new SigctlError(`Cannot replay "${path}": ${absent ? 'no such file' : `it cannot be read (${code})`}`, {
    code: absent ? 'REPLAY_FILE_MISSING' : 'REPLAY_FILE_BROKEN',
    hint: 'Set MARKET_FEED=replay:<path of a .csv or .csv.gz with Kraken OHLCVT rows>',
    exitCode: EXIT.failed,
    cause,
  });
}
