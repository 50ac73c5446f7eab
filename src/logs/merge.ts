import type { LogRecord } from '../core/log-line.js';

/** A record and the time by which it is ordered among those of other logs, epoch milliseconds. */
export interface TimedRecord {
  readonly record: LogRecord;
  readonly orderMs: number;
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

  time(records: readonly LogRecord[]): readonly TimedRecord[] {
    let lastMs = this.#lastMs ?? records.find(({ atMs }) => atMs !== undefined)?.atMs ?? this.#fallbackMs;
    const timed = records.map((record) => {
      lastMs = record.atMs ?? lastMs;
      return { record, orderMs: lastMs };
    });
    this.#lastMs = lastMs;
    return timed;
  }
}

/** What waits to be merged from one log. */
interface Lane {
  readonly rest: AsyncIterator<readonly TimedRecord[]>;
  batch: readonly TimedRecord[];
  next: number;
}

/**
 * One sequence out of several, by time. Each log keeps its own order, whatever its times; at the same time the earlier
 * source comes first. Holds one batch per source, so the length of the logs does not matter.
 */
export async function* mergeByTime(
  sources: readonly AsyncIterable<readonly TimedRecord[]>[],
): AsyncGenerator<LogRecord[]> {
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
export function mergeBatches(batches: readonly (readonly TimedRecord[])[]): LogRecord[] {
  let lanes = batches.map((batch) => ({ batch, next: 0 })).filter(({ batch }) => batch.length > 0);
  const merged: LogRecord[] = [];
  while (lanes.length > 0) {
    // Not push(...): a batch can hold more lines than a call may have arguments.
    for (const record of takeUntilOneIsEmpty(lanes)) merged.push(record);
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
function takeUntilOneIsEmpty(lanes: readonly Pick<Lane, 'batch' | 'next'>[]): LogRecord[] {
  const taken: LogRecord[] = [];
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
    const record = first?.batch[first.next]?.record;
    if (first === undefined || record === undefined) return taken;
    taken.push(record);
    first.next += 1;
  }
}
