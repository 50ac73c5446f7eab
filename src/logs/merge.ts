import type { LogEntry, LogRecord } from '../core/log-line.js';

/** An entry and the time by which it is ordered among those of other logs, epoch milliseconds. */
export interface TimedEntry {
  readonly entry: LogEntry;
  readonly orderMs: number;
}

/** A record, and the time of the lines before it where they were left out. */
export interface ClockedRecord {
  readonly record: LogRecord;
  readonly afterMs?: number | undefined;
}

/**
 * Gives each line of one log a time: its own, else that of the line before it. Lines before the first time take that of the
 * first later line in the same batch, else `fallbackMs` (the time the file was last written).
 */
export class LineClock {
  readonly #fallbackMs: number;
  #lastMs: number | undefined;

  constructor(fallbackMs: number) {
    this.#fallbackMs = fallbackMs;
  }

  time(records: readonly ClockedRecord[]): readonly TimedEntry[] {
    let lastMs = this.#lastMs ?? firstTime(records) ?? this.#fallbackMs;
    const timed = records.map(({ record, afterMs }) => {
      lastMs = record.atMs ?? afterMs ?? lastMs;
      return { entry: record, orderMs: lastMs };
    });
    if (timed.length > 0) this.#lastMs = lastMs;
    return timed;
  }

  /** Of the last line. */
  get lastMs(): number {
    return this.#lastMs ?? this.#fallbackMs;
  }
}

function firstTime(records: readonly ClockedRecord[]): number | undefined {
  const timed = records.find(({ record, afterMs }) => (record.atMs ?? afterMs) !== undefined);
  return timed?.record.atMs ?? timed?.afterMs;
}

/** What waits to be merged from one log. */
interface Lane {
  readonly rest: AsyncIterator<readonly TimedEntry[]>;
  batch: readonly TimedEntry[];
  next: number;
}

/**
 * One sequence out of several, by time. Each log keeps its own order, whatever its times; at the same time the earlier
 * source comes first. Holds one batch per source, so the length of the logs does not matter.
 */
export async function* mergeByTime(
  sources: readonly AsyncIterable<readonly TimedEntry[]>[],
): AsyncGenerator<LogEntry[]> {
  const lanes: Lane[] = sources.map((source) => ({ rest: source[Symbol.asyncIterator](), batch: [], next: 0 }));
  try {
    let open = await refill(lanes);
    while (open.length > 0) {
      yield takeUntilOneIsEmpty(open);
      open = await refill(open);
    }
  } finally {
    await Promise.all(lanes.map(({ rest }) => rest.return?.()));
  }
}

/** Merges batches that are at hand, one per log. */
export function mergeBatches(batches: readonly (readonly TimedEntry[])[]): LogEntry[] {
  let lanes = batches.map((batch) => ({ batch, next: 0 })).filter(({ batch }) => batch.length > 0);
  const merged: LogEntry[] = [];
  while (lanes.length > 0) {
    // Not push(...): a batch can hold more lines than a call may have arguments.
    for (const entry of takeUntilOneIsEmpty(lanes)) merged.push(entry);
    lanes = lanes.filter(({ batch, next }) => next < batch.length);
  }
  return merged;
}

/** Drops lanes that have ended and loads the next batch of those that are used up. */
async function refill(lanes: readonly Lane[]): Promise<Lane[]> {
  const filled = await Promise.all(
    lanes.map(async (lane) => {
      while (lane.next >= lane.batch.length) {
        const { done, value } = await lane.rest.next();
        if (done === true) return undefined;
        lane.batch = value;
        lane.next = 0;
      }
      return lane;
    }),
  );
  return filled.filter((lane) => lane !== undefined);
}

/** Merges until one lane has to be refilled: only then is it known that no earlier line can still come from it. */
function takeUntilOneIsEmpty(lanes: readonly Pick<Lane, 'batch' | 'next'>[]): LogEntry[] {
  const taken: LogEntry[] = [];
  for (;;) {
    let first: (typeof lanes)[number] | undefined;
    let firstMs = Number.POSITIVE_INFINITY;
    for (const lane of lanes) {
      const orderMs = lane.batch[lane.next]?.orderMs;
      if (orderMs === undefined) return taken;
      if (first === undefined || orderMs < firstMs) {
        first = lane;
        firstMs = orderMs;
      }
    }
    const entry = first?.batch[first.next]?.entry;
    if (first === undefined || entry === undefined) return taken;
    taken.push(entry);
    first.next += 1;
  }
}
