import { statfsSync } from 'node:fs';
import { isDiskLow } from '../../core/log-retention.js';
import { formatSize } from '../../core/size.js';
import type { Stack } from '../../core/stack.js';
import type { HomePaths } from '../../process/home.js';
import { codeOf, isMissing } from '../file-errors.js';
import { compressSegment } from './compress-segment.js';
import { type KeptLog, keptLogs } from './kept-logs.js';
import { LogRotator } from './log-rotator.js';
import { compressible, enforceTotal, freeSpace, type Removed, readSegments } from './make-room.js';
import { exists } from './rotation-files.js';

/** How often all segments are, when no rotation made new ones: one that a process had open may be free by now. */
const TIDY_EVERY_MS = 30_000;

/** Of one log, so that the others have their turn. */
const MOST_SEGMENTS_A_ROUND = 32;

const NOTHING_UNDER_WAY = Promise.resolve();

export interface DiskLow {
  readonly freeBytes: number;
  readonly minFreeBytes: number;
  /** What went to make room. */
  readonly removed: Removed;
}

export interface LogKeeperDeps {
  readonly paths: HomePaths;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /** One line for the watchdog's own log. */
  readonly note: (text: string) => void;
  /** Called once when the disk under the logs becomes nearly full, and once when it is not any more. */
  readonly onDiskLow: (low: DiskLow) => void;
  readonly onDiskRecovered: (freeBytes: number) => void;
}

export interface LogKeeper {
  /** Starts a round over all logs when none is under way; to be called about once a second. Never blocks and never throws. */
  tick(stack: Stack, nowMonoMs: number): void;
  /** Resolves when the round that is under way is over. Needed by nobody who exits: a round may be killed at any moment. */
  settled(): Promise<void>;
}

/** Keeps the logs of a stack from filling the disk: rotates, compresses and removes, one file after the other, in little memory. */
export function createLogKeeper(deps: LogKeeperDeps): LogKeeper {
  const keeper = new Keeper(deps);
  let round: Promise<void> | undefined;
  return {
    tick(stack, nowMonoMs) {
      if (round !== undefined) return;
      round = keeper.round(stack, nowMonoMs).finally(() => {
        round = undefined;
      });
    },
    settled: () => round ?? NOTHING_UNDER_WAY,
  };
}

class Keeper {
  readonly #deps: LogKeeperDeps;
  readonly #rotator: LogRotator;
  #nextTidyMs = Number.NEGATIVE_INFINITY;
  #listed: { readonly stack: Stack; readonly logs: readonly KeptLog[] } | undefined;
  #isLow = false;
  #lastTrouble: string | undefined;

  constructor(deps: LogKeeperDeps) {
    this.#deps = deps;
    this.#rotator = new LogRotator(deps);
  }

  async round(stack: Stack, nowMonoMs: number): Promise<void> {
    try {
      const isTidyDue = nowMonoMs >= this.#nextTidyMs;
      const logs = this.#listLogs(stack, isTidyDue);
      // First, since a rotation needs room for its copy.
      this.#watchDisk(stack, logs);
      let rotated = false;
      for (const log of logs) {
        // PM2's own hardly grow: of what runs behind the launcher they hold nothing.
        const isSeldom = log.key === undefined && !isTidyDue;
        if (!isSeldom && this.#rotator.isDue(log, nowMonoMs))
          rotated = (await this.#rotateWhileDue(log, nowMonoMs)) || rotated;
      }
      if (!rotated && !isTidyDue) return;
      this.#nextTidyMs = nowMonoMs + TIDY_EVERY_MS;
      await this.#tidy(logs);
      this.#lastTrouble = undefined;
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** A log that PM2 begins is found when all segments are looked at. */
  #listLogs(stack: Stack, isTidyDue: boolean): readonly KeptLog[] {
    if (isTidyDue || this.#listed?.stack !== stack) this.#listed = { stack, logs: keptLogs(stack, this.#deps.paths) };
    return this.#listed.logs;
  }

  /** A segment is as long as the manifest says; a log that grew faster than that in a second needs several. */
  async #rotateWhileDue(log: KeptLog, nowMonoMs: number): Promise<boolean> {
    for (let done = 0; done < MOST_SEGMENTS_A_ROUND; done += 1) {
      if (!(await this.#rotator.rotateIfDue(log, nowMonoMs))) return done > 0;
    }
    return true;
  }

  #watchDisk(stack: Stack, logs: readonly KeptLog[]): void {
    const { minFreeBytes } = stack.watch;
    const freeBytes = readFreeBytes(this.#deps.paths.logs);
    if (freeBytes === undefined) return;
    const wasLow = this.#isLow;
    this.#isLow = isDiskLow(freeBytes, minFreeBytes, wasLow);
    if (this.#isLow) {
      const removed = freeSpace([...readSegments(logs).values()], minFreeBytes - freeBytes);
      if (!wasLow) this.#deps.onDiskLow({ freeBytes, minFreeBytes, removed });
      else if (removed.files > 0) this.#deps.note(`disk nearly full: ${describe(removed)} removed`);
    } else if (wasLow) this.#deps.onDiskRecovered(freeBytes);
  }

  async #tidy(logs: readonly KeptLog[]): Promise<void> {
    for (const [log, parts] of readSegments(logs)) {
      const removed = enforceTotal(log, parts);
      if (removed.files > 0) this.#deps.note(`${log.path}: above its total, ${describe(removed)} removed`);
      const [oldest] = compressible(log, parts).filter(({ path }) => exists(path));
      if (oldest === undefined) continue;
      await compressSegment(oldest.path);
      // The next one with the next round: rotations come first.
      this.#nextTidyMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** The same trouble is told once, not every second. */
  #trouble(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const text = codeOf(error) ?? why;
    if (text !== this.#lastTrouble) this.#deps.note(`logs cannot be kept short: ${why}`);
    this.#lastTrouble = text;
  }
}

function readFreeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function describe({ files, bytes }: Removed): string {
  return `${files === 1 ? 'one old segment' : `${files} old segments`} (${formatSize(bytes)})`;
}
