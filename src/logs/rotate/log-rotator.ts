import { statSync } from 'node:fs';
import { isRotationDue } from '../../core/log-retention.js';
import type { HomePaths } from '../../process/home.js';
import { reopensLog } from '../../process/log-reopening.js';
import { MethodChooser, type RotationMethod } from './choose-method.js';
import type { KeptLog } from './kept-logs.js';
import { recoverRotation } from './recover.js';
import { rotateLog } from './rotate-log.js';
import { readParts } from './rotation-files.js';

/** After a rotation that failed (no room, no right): often enough, and no storm. */
const RETRY_AFTER_MS = 10_000;

const LOSSY =
  'rotated by copy and truncate: lines written at that moment may be lost (its file system cannot cut the head off a file, as ext4 and xfs can, and its writer does not open its log anew)';

export interface RotatorDeps {
  readonly paths: Pick<HomePaths, 'run'>;
  readonly nowMs: () => number;
  readonly note: (text: string) => void;
}

/** What is remembered of one log between two looks. */
interface Memory {
  lastSequence: number;
  /** Epoch milliseconds of the last rotation; 0 before the first. */
  rotatedAtMs: number;
  retryAtMonoMs: number;
  /** What was said about it last, so that it is said once. */
  said: string | undefined;
}

/** Rotates logs that have grown too large or too old. */
export class LogRotator {
  readonly #deps: RotatorDeps;
  readonly #methods = new MethodChooser();
  readonly #memories = new Map<string, Memory>();

  constructor(deps: RotatorDeps) {
    this.#deps = deps;
  }

  /** Whether it is to be looked into: due to be rotated, or never seen before. One system call. */
  isDue(log: KeptLog, nowMonoMs: number): boolean {
    const memory = this.#memories.get(log.path);
    return memory === undefined || (nowMonoMs >= memory.retryAtMonoMs && this.#isGrown(log, memory));
  }

  /** @returns Whether there is a new segment. Never rejects: what cannot be rotated is noted, and tried again later. */
  async rotateIfDue(log: KeptLog, nowMonoMs: number): Promise<boolean> {
    const memory = this.#memories.get(log.path) ?? (await this.#meet(log));
    if (!this.isDue(log, nowMonoMs)) return false;
    try {
      const reopens = log.key !== undefined && reopensLog(this.#deps.paths.run, log.key);
      const method = await this.#methods.choose(log.path, reopens);
      const outcome = await rotateLog({
        livePath: log.path,
        method,
        maxBytes: log.policy.maxBytes,
        nowMs: this.#deps.nowMs(),
        lastSequence: memory.lastSequence,
      });
      if (outcome.kind !== 'rotated') {
        memory.retryAtMonoMs = nowMonoMs + RETRY_AFTER_MS;
        return false;
      }
      this.#remember(log, memory, method, outcome.sequence);
      return true;
    } catch (error) {
      memory.retryAtMonoMs = nowMonoMs + RETRY_AFTER_MS;
      this.#say(memory, `${log.path}: cannot be rotated: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  /** The first look at a log: what a rotator that was killed has left is cleaned up, whether it is due or not. */
  async #meet(log: KeptLog): Promise<Memory> {
    const memory: Memory = {
      lastSequence: 0,
      rotatedAtMs: 0,
      retryAtMonoMs: Number.NEGATIVE_INFINITY,
      said: undefined,
    };
    this.#memories.set(log.path, memory);
    try {
      await recoverRotation(log.path);
      memory.rotatedAtMs = readParts(log.path).at(-1)?.writtenAtMs ?? 0;
    } catch (error) {
      this.#say(memory, `${log.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return memory;
  }

  #isGrown(log: KeptLog, memory: Memory): boolean {
    const stats = statSync(log.path, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return false;
    const sinceMs = Math.max(stats.birthtimeMs, memory.rotatedAtMs);
    return isRotationDue({ bytes: stats.size, sinceMs }, log.policy, this.#deps.nowMs());
  }

  #remember(log: KeptLog, memory: Memory, method: RotationMethod, sequence: number): void {
    memory.lastSequence = sequence;
    memory.rotatedAtMs = this.#deps.nowMs();
    if (method === 'copy') this.#say(memory, `${log.path}: ${LOSSY}`);
    else memory.said = undefined;
  }

  #say(memory: Memory, text: string): void {
    if (memory.said !== text) this.#deps.note(text);
    memory.said = text;
  }
}
