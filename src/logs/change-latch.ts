import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The net under fs.watch, which does not work on every file system and cannot watch a folder that does not exist yet. */
const DEFAULT_POLL_MS = 500;

/** Remembers that something happened to a log or its segments, so that a change between a read and a wait is not missed. */
export class ChangeLatch {
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #poll: NodeJS.Timeout;
  #watcher: FSWatcher | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(path: string, options: { readonly signal: AbortSignal; readonly pollMs?: number }) {
    this.#path = path;
    this.#signal = options.signal;
    this.#poll = setInterval(() => {
      this.#watch();
      this.#trip();
    }, options.pollMs ?? DEFAULT_POLL_MS);
    this.#signal.addEventListener('abort', this.#trip);
    this.#watch();
  }

  /** Forgets earlier changes. Call it before the read that will see them. */
  reset(): void {
    this.#changed = false;
  }

  /** Resolves at the next change, poll or abort; at once when there was one since `reset()`. */
  async wait(): Promise<void> {
    if (this.#changed || this.#signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    clearInterval(this.#poll);
    this.#watcher?.close();
    this.#signal.removeEventListener('abort', this.#trip);
    this.#trip();
  }

  readonly #trip = (): void => {
    this.#changed = true;
    this.#wake?.();
    this.#wake = undefined;
  };

  /** Watches the folder, not the file: a watch on the file stays with the old one when it is renamed. */
  #watch(): void {
    if (this.#watcher !== undefined) return;
    const name = basename(this.#path);
    try {
      this.#watcher = watch(dirname(this.#path), (_event, changed) => {
        if (changed === null || changed.startsWith(name)) this.#trip();
      });
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      // No folder yet, or no watches left (inotify limit): the poll goes on, and tries again.
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
