import type { Verdict } from '../../core/verdict.js';
import { type CloseProcess, createActor } from './act.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';
import type { ProcessEnder } from './end-process.js';
import type { Looks } from './looks.js';
import type { Watch, Watched } from './watch.js';

/** Memory is sampled twice a second: a service over its limit is noticed within that. */
const TICK_MS = 500;
/** While all is at rest, everything is looked at this often. */
const REST_MS = 1_000;
/** While a process is close to its memory limit: one that takes 500 MB/s is seen 25 MB later. */
const CLOSE_TICK_MS = 50;
/** A little early is on time: the period of the close look need not divide the others. */
const EARLY_MS = CLOSE_TICK_MS / 2;

/** The verdict on a process became another one. */
export interface Transition {
  readonly watched: Watched;
  /** `undefined` at the first look. */
  readonly from: Verdict | undefined;
  readonly to: Verdict;
}

export interface WatchDutyDeps {
  readonly watch: Watch;
  readonly ender: ProcessEnder;
  readonly looks: Looks;
  /** Called after each look at everything, whatever it saw. */
  readonly onLook: (seen: readonly Watched[], daemonPid: number | undefined) => void;
  readonly onTransition: (transition: Transition) => void;
}

/**
 * Looks at everything once a second while all is at rest, else twice, and at once when a sample of memory shows that something happened;
 * more often at what comes close to its memory limit. Does what the manifest wants done.
 */
export function createWatchDuty(context: WatchContext, deps: WatchDutyDeps): Duty {
  const { watch, onLook, onTransition } = deps;
  const actor = createActor(context, deps);
  const verdicts = new Map<string, Verdict>();
  let close: readonly CloseProcess[] = [];
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let sampledAtMs = Number.NEGATIVE_INFINITY;

  const lookAtAll = (): void => {
    lookedAtMs = context.monotonicMs();
    sampledAtMs = lookedAtMs;
    const seen = watch.look();
    close = actor.act(seen);
    for (const watched of seen) {
      const { key } = watched.instance;
      const { verdict } = watched.judgement;
      const from = verdicts.get(key);
      verdicts.set(key, verdict);
      if (from !== verdict) onTransition({ watched, from, to: verdict });
    }
    onLook(seen, watch.daemon()?.pid);
  };

  return {
    name: 'watch',
    everyMs: () => (close.length > 0 ? CLOSE_TICK_MS : TICK_MS),
    run: () => {
      const nowMs = context.monotonicMs();
      // By whole seconds, as the other duties are: then the processor wakes up for all of them at once.
      if (secondOf(nowMs) !== secondOf(lookedAtMs)) return lookAtAll();
      if (nowMs - sampledAtMs >= TICK_MS - EARLY_MS) {
        sampledAtMs = nowMs;
        if (!watch.glance()) return lookAtAll();
      }
      for (const one of close) {
        const sample = watch.sample(one.process);
        if (sample !== undefined) actor.actOnMemory(one, sample.memoryBytes);
      }
    },
  };
}

const secondOf = (monotonicMs: number): number => Math.floor((monotonicMs + EARLY_MS) / REST_MS);
