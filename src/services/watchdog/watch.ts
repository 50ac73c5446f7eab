import { asWatched, type SeenProcess, seeProcess, type WatchedTime, watchOn } from '../../core/freshness.js';
import { isOwnRow } from '../../core/judge.js';
import type { ProcessIdentity } from '../../core/observed-process.js';
import type { StatusRow } from '../../core/status-row.js';
import type { Judgement } from '../../core/verdict.js';
import { readCommandAtWork } from '../../observe/command-at-work.js';
import { answersOf, findRow, judgeInstance } from '../../observe/observe-stack.js';
import type { ProcStat } from '../../process/proc-stat.js';
import type { WatchContext } from './context.js';
import { createFactReader, type Facts } from './facts.js';
import { createClockFollower } from './follow-clock.js';
import { isAtRest, isUnchanged } from './glance.js';
import { createObserver, type Observed } from './observe.js';
import { createTreeSampler, type TreeSample } from './tree-sampler.js';

/** One process of a service as this tick saw it. */
export interface Watched extends Observed {
  readonly judgement: Judgement;
  readonly wanted: boolean;
  /** What it wrote itself, `undefined` when it wrote nothing. */
  readonly row: StatusRow | undefined;
}

export interface Watch {
  /** Looks at everything once. @throws When the status table cannot be read and never could. */
  readonly look: () => readonly Watched[];
  /**
   * Samples the memory of all trees, at a fraction of the price of a look. False: there is something to be looked at, now. True only
   * where the last look found all at rest, and nothing shows since then.
   */
  readonly glance: () => boolean;
  /** Samples one tree; `undefined`: the process is gone. */
  readonly sample: (process: ProcessIdentity) => TreeSample | undefined;
  /** What the last look saw. @throws When nothing was looked at yet: nobody may take that for an empty stack. */
  readonly latest: () => readonly Watched[];
  /** PM2's daemon as the last look saw it; `undefined`: it does not live. */
  readonly daemon: () => ProcStat | undefined;
}

/** Judges every process of the stack as `status` does, but by the time that was watched instead of the time of day. */
export function createWatch(context: WatchContext): Watch {
  const { nowMs, monotonicMs, log, paths } = context;
  const sampler = createTreeSampler();
  const { observe, daemon, isDaemonAlive } = createObserver(context, sampler);
  const followClock = createClockFollower(context);
  const seen = new Map<string, SeenProcess>();
  let time: WatchedTime | undefined;
  const readFacts = createFactReader(context);
  let facts: Facts | undefined;
  let latest: readonly Watched[] | undefined;
  let isResting = false;

  const judgeOne = (observed: Observed, known: Facts, watchedMs: number): Watched => {
    const { instance } = observed;
    const { process } = instance;
    const wanted = known.wanted.has(instance.spec.name);
    const row = findRow(known.statuses, instance);
    const commandAtWork = () => readCommandAtWork(paths);
    const own = { wanted, status: row, unready: known.unready, checks: known.checks, commandAtWork, nowMs: nowMs() };
    if (process.kind === 'none') {
      seen.delete(instance.key);
      return { ...observed, wanted, row, judgement: judgeInstance(instance, own, []) };
    }
    const ownRow = isOwnRow(row, process) ? row : undefined;
    const sight = seeProcess(seen.get(instance.key), { process, row: ownRow, watchedMs });
    seen.set(instance.key, sight);
    const watched = asWatched({ process, row: ownRow }, sight, { watchedMs, nowMs: own.nowMs });
    const judged = { ...instance, process: watched.process };
    const judgement = judgeInstance(judged, { ...own, status: watched.row }, answersOf(instance, own));
    return { ...observed, wanted, row: ownRow, judgement };
  };

  return {
    look: () => {
      time = watchOn(time, monotonicMs());
      try {
        facts = readFacts();
        followClock(facts.statuses);
      } catch (error) {
        // A table that is locked or damaged: what it told last holds, and memory is watched all the same.
        if (facts === undefined) throw error;
        log.trouble('the status table cannot be read', error);
      }
      const { wanted } = facts;
      const [known, { watchedMs }] = [facts, time];
      latest = observe((service) => wanted.has(service)).map((observed) => judgeOne(observed, known, watchedMs));
      isResting = isAtRest(latest);
      return latest;
    },
    glance: () => {
      time = watchOn(time, monotonicMs());
      return isResting && latest !== undefined && isDaemonAlive() && isUnchanged(latest, sampler);
    },
    sample: (process) => {
      sampler.begin();
      return sampler.sample(process);
    },
    latest: () => {
      if (latest === undefined) throw new Error('Nothing was looked at yet');
      return latest;
    },
    daemon,
  };
}
