import type { LogEntry } from '../core/log-line.js';
import { mergeBatches, type TimedEntry } from './merge.js';

/**
 * Lines of several logs that arrive within this time are put in order. Small against the 50 ms within which a followed
 * line has to be seen.
 */
const WINDOW_MS = 20;
/** When the reader of our output is slower than the logs, they wait in their files and not in our memory. */
const MAX_WAITING_LINES = 20_000;

/**
 * Merges logs that are being followed: in order of arrival, sorted by time within a small window. Ends when all sources
 * have ended; the failure of one ends it with that error.
 */
export async function* mergeLive(sources: readonly AsyncIterable<readonly TimedEntry[]>[]): AsyncGenerator<LogEntry[]> {
  const inbox = new Inbox(sources.length);
  for (const [index, source] of sources.entries()) void inbox.fillFrom(source, index);
  try {
    while (await inbox.hasLines()) {
      if (sources.length > 1) await pause(WINDOW_MS);
      yield mergeBatches(inbox.takeAll());
    }
  } finally {
    inbox.close();
  }
}

/** What has arrived and was not taken yet. */
class Inbox {
  /** Batches by source. */
  #waiting: (readonly TimedEntry[])[][];
  #waitingLines = 0;
  #openSources: number;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  #wakeTaker: (() => void) | undefined;
  #wakeFillers: (() => void)[] = [];

  constructor(sources: number) {
    this.#openSources = sources;
    this.#waiting = Array.from({ length: sources }, () => []);
  }

  /** Moves batches in until the source ends or nobody takes them any more. Never rejects: a failure reaches the taker. */
  async fillFrom(source: AsyncIterable<readonly TimedEntry[]>, index: number): Promise<void> {
    try {
      for await (const batch of source) {
        this.#waiting[index]?.push(batch);
        this.#waitingLines += batch.length;
        this.#notifyTaker();
        while (this.#waitingLines > MAX_WAITING_LINES && !this.#closed) await this.#untilTaken();
        if (this.#closed) return;
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#openSources -= 1;
      this.#notifyTaker();
    }
  }

  /** Resolves true once there is a line, false when none can come any more. */
  async hasLines(): Promise<boolean> {
    while (this.#waitingLines === 0 && this.#openSources > 0 && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#waitingLines > 0;
  }

  takeAll(): readonly (readonly TimedEntry[])[] {
    const taken = this.#waiting.map((batches) => batches.flat());
    this.#waiting = taken.map(() => []);
    this.#waitingLines = 0;
    this.#notifyFillers();
    return taken;
  }

  close(): void {
    this.#closed = true;
    this.#notifyFillers();
  }

  #untilTaken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeFillers.push(resolve);
    });
  }

  #notifyTaker(): void {
    this.#wakeTaker?.();
    this.#wakeTaker = undefined;
  }

  #notifyFillers(): void {
    for (const wake of this.#wakeFillers.splice(0)) wake();
  }
}

function pause(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, waitMs);
  });
}
