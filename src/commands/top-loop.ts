import { assertNever } from '../core/assert-never.js';
import type { LogEntry, LogSource } from '../core/log-line.js';
import { pressKey, type TopEffect } from '../core/top/press-key.js';
import type { TopKey } from '../core/top/top-key.js';
import type { TopLook } from '../core/top/top-look.js';
import { firstState, type TopState, wantedSources, withLines, withLook, withOutcome } from '../core/top/top-state.js';
import { SigctlError } from '../errors.js';
import { renderTop } from '../render/top/frame.js';
import type { TopDeps, TopScreen } from './top-ports.js';

const LOOK_EVERY_MS = 1_000;
/** Logs are not opened for every service that the cursor passes. */
const SETTLE_MS = 150;
/** Lines that come fast are shown together. */
const FRAME_MS = 50;

/** Shows the stack until somebody quits; returns the exit code. The terminal is given back in any case. */
export async function runTopLoop(deps: TopDeps, look: TopLook): Promise<number> {
  const loop = new TopLoop(deps, firstState(look));
  try {
    return await loop.run();
  } finally {
    loop.close();
  }
}

class TopLoop {
  readonly #deps: TopDeps;
  readonly #ended: Promise<number>;
  #end: (exitCode: number) => void = () => undefined;
  #crash: (error: unknown) => void = () => undefined;
  #state: TopState;
  #screen: TopScreen | undefined;
  #isClosed = false;
  #cancelPaint: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #cancelSettle: (() => void) | undefined;
  #followed = '';
  #follower = new AbortController();

  constructor(deps: TopDeps, state: TopState) {
    this.#deps = deps;
    this.#state = state;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#crash = reject;
    });
  }

  run(): Promise<number> {
    this.#screen = this.#deps.openScreen({
      onKey: (key) => this.#guard(() => this.#press(key)),
      onRedraw: () => this.#guard(() => this.#redraw()),
      onEnd: (exitCode) => this.#end(exitCode),
    });
    this.#update(this.#state);
    this.#lookLater(LOOK_EVERY_MS);
    return this.#ended;
  }

  /** Tells of a command that is still at work: it goes on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const cancel of [this.#cancelPaint, this.#cancelLook, this.#cancelSettle]) cancel?.();
    this.#follower.abort();
    this.#screen?.close();
    const { running } = this.#state;
    if (running !== undefined) this.#deps.out.note(`sigctl ${running.args.join(' ')} goes on in the background`);
  }

  #press(key: TopKey): void {
    const { state, effect } = pressKey(this.#state, key);
    this.#update(state);
    this.#apply(effect);
  }

  #apply(effect: TopEffect): void {
    switch (effect.kind) {
      case 'none':
        break;
      case 'quit':
        this.#end(0);
        break;
      case 'suspend':
        this.#screen?.suspend();
        break;
      case 'repaint':
        this.#redraw();
        break;
      case 'run':
        this.#start(effect.args);
        break;
      default:
        assertNever(effect, 'effect');
    }
  }

  #start(args: readonly string[]): void {
    this.#update({ ...this.#state, running: { args, sinceMs: this.#deps.nowMs() }, message: undefined });
    void this.#deps
      .runSigctl(args)
      .then((outcome) => this.#guard(() => this.#update(withOutcome(this.#state, outcome))));
  }

  #redraw(): void {
    this.#screen?.forget();
    this.#paint();
  }

  /** Takes over a state, shows it, and follows the logs that it wants. */
  #update(state: TopState): void {
    this.#state = state;
    this.#paint();
    const sources = wantedSources(state);
    const wanted = sources.map(({ key }) => key).join('\n');
    if (wanted === this.#followed) return;
    this.#followed = wanted;
    this.#follower.abort();
    this.#cancelSettle?.();
    this.#state = { ...state, lines: [], held: [] };
    this.#cancelSettle = this.#deps.after(SETTLE_MS, () => void this.#follow(sources));
  }

  async #follow(sources: readonly LogSource[]): Promise<void> {
    if (sources.length === 0 || this.#isClosed) return;
    this.#follower = new AbortController();
    const { signal } = this.#follower;
    try {
      for await (const entries of this.#deps.followLogs(sources, signal)) {
        if (signal.aborted) return;
        this.#addLines(entries);
      }
    } catch (error) {
      if (!signal.aborted) this.#guard(() => this.#fail(error));
    }
  }

  #addLines(entries: readonly LogEntry[]): void {
    this.#state = withLines(this.#state, entries);
    this.#cancelPaint ??= this.#deps.after(FRAME_MS, () => this.#guard(() => this.#paint()));
  }

  #lookLater(delayMs: number): void {
    this.#cancelLook = this.#deps.after(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      const look = await this.#deps.look();
      this.#guard(() => this.#update(withLook(this.#state, look)));
    } catch (error) {
      this.#guard(() => this.#fail(error));
    }
    // One look after the other, however slow they are.
    if (!this.#isClosed) this.#lookLater(LOOK_EVERY_MS);
  }

  /** A refusal may pass (a restore is going on, the manifest is being edited), and the screen says it meanwhile. */
  #fail(error: unknown): void {
    if (!(error instanceof SigctlError)) throw error;
    this.#state = { ...this.#state, fault: error.message };
    this.#paint();
  }

  #paint(): void {
    this.#cancelPaint?.();
    this.#cancelPaint = undefined;
    const screen = this.#screen;
    if (screen === undefined || this.#isClosed) return;
    screen.paint(renderTop(this.#state, { size: screen.size(), colour: this.#deps.out.colour }));
  }

  /** What fails in a callback ends the command as if it had failed in `run`. */
  #guard(work: () => void): void {
    if (this.#isClosed) return;
    try {
      work();
    } catch (error) {
      this.#crash(error);
    }
  }
}
