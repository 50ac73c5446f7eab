import { assertNever } from '../../core/assert-never.js';
import { isSameProcess, type ProcessIdentity } from '../../core/observed-process.js';
import { isCloseToLimit, NOTHING_DONE, planWatch, type WatchAction, type WatchMemory } from '../../core/watch-plan.js';
import { recordEvent } from '../../store/events.js';
import { readIntent } from '../../store/intents.js';
import type { WatchContext } from './context.js';
import type { Diagnosis } from './diagnose.js';
import type { ProcessEnder } from './end-process.js';
import type { Looks } from './looks.js';
import { createTableProof } from './table-proof.js';
import type { Watched } from './watch.js';

/** What is remembered of one process between two looks. */
interface Known {
  readonly process: ProcessIdentity;
  memory: WatchMemory;
  memoryBytes: number;
  grownBytes: number;
  cpuMs: number;
  /** Of one core, between the last two looks. */
  cpuPercent: number;
  lookedAtMs: number;
}

/** Near its memory limit, so that it is looked at more often than the rest. */
export interface CloseProcess {
  readonly watched: Watched;
  readonly process: ProcessIdentity;
}

export interface Actor {
  /** Does what the manifest wants done about each process. Returns those that come close to their memory limit. */
  readonly act: (seen: readonly Watched[]) => readonly CloseProcess[];
  /** A closer look at one of them. */
  readonly actOnMemory: (close: CloseProcess, memoryBytes: number) => void;
}

/** Acts on what is seen: tells of memory, looks into what hangs, and has ended what is to be restarted. */
export function createActor(
  context: WatchContext,
  { ender, looks }: { readonly ender: ProcessEnder; readonly looks: Looks },
): Actor {
  const { monotonicMs, log } = context;
  const known = new Map<string, Known>();
  const table = createTableProof(context);

  const apply = (action: WatchAction, watched: Watched, entry: Known): void => {
    switch (action.kind) {
      case 'tell-memory':
        tellMemory(context, watched, entry, action.reason);
        break;
      case 'diagnose':
        lookInto(action, watched, entry, () => undefined);
        break;
      case 'end':
        if (action.cause === 'memory-limit') endFor(action, watched, entry);
        else lookInto({ ...action, cause: action.cause }, watched, entry, () => endFor(action, watched, entry));
        break;
      default:
        assertNever(action, 'action');
    }
  };

  const lookInto = (
    { cause, reason }: Pick<Diagnosis, 'cause' | 'reason'>,
    { instance }: Watched,
    { process, cpuPercent }: Known,
    then: () => void,
  ): void => looks.begin({ instance, process, cause, reason, cpuPercent }, then);

  const endFor = (action: Extract<WatchAction, { kind: 'end' }>, { instance }: Watched, entry: Known): void => {
    const { killTimeoutMs, memoryLimitBytes } = instance.spec;
    try {
      ender.end(
        { key: instance.key, process: entry.process, killTimeoutMs, memoryLimitBytes },
        action.cause,
        action.reason,
      );
    } catch (error) {
      // Nothing was signalled: the next look decides again.
      entry.memory = { ...entry.memory, ending: undefined };
      log.trouble(`cannot end ${instance.key}`, error);
    }
  };

  const actOne = (watched: Watched, entry: Known, memoryBytes: number): void => {
    const { instance, judgement, wanted } = watched;
    // One that survived its end is asked to end again.
    const isSpent =
      entry.memory.ending !== undefined && !ender.isEnding(entry.process) && !looks.isUnderWay(entry.process);
    const before = isSpent ? { ...entry.memory, ending: undefined } : entry.memory;
    const tableWritableMs = table.writableForMs();
    const input = { spec: instance.spec, wanted, judgement, memoryBytes, tableWritableMs };
    const plan = planWatch(input, before);
    if (plan.actions.length > 0 && isBeingStopped(context, instance.key, entry.process)) return;
    entry.memory = plan.memory;
    for (const action of plan.actions) apply(action, watched, entry);
  };

  return {
    act: (seen) => {
      const close: CloseProcess[] = [];
      if (seen.some((watched) => isLate(watched, context.nowMs()))) table.probe();
      for (const watched of seen) {
        const { instance, tree } = watched;
        const { process } = instance;
        if (process.kind === 'none' || tree === undefined) {
          known.delete(instance.key);
          continue;
        }
        const entry = lookAgain(known, watched, process, monotonicMs());
        actOne(watched, entry, tree.memoryBytes);
        const { memoryLimitBytes } = instance.spec;
        if (isCloseToLimit(entry.memoryBytes, { memoryLimitBytes, grownBytes: entry.grownBytes }))
          close.push({ watched, process: process.identity });
      }
      return close;
    },
    actOnMemory: ({ watched, process }, memoryBytes) => {
      const entry = known.get(watched.instance.key);
      if (entry === undefined || !isSameProcess(entry.process, process)) return;
      actOne(watched, entry, memoryBytes);
    },
  };
}

/** About to be in trouble, or in it. By the time of day: a clock that jumps costs a probe, no more. */
function isLate({ instance, judgement, row, wanted }: Watched, nowMs: number): boolean {
  if (!wanted) return false;
  if (judgement.verdict === 'hung' || judgement.verdict === 'stale') return true;
  const { heartbeatWithinMs } = instance.spec.health;
  return heartbeatWithinMs !== undefined && row !== undefined && nowMs - row.heartbeatAtMs > heartbeatWithinMs / 2;
}

function lookAgain(
  known: Map<string, Known>,
  { instance, tree }: Watched,
  { identity, cpuMs }: { readonly identity: ProcessIdentity; readonly cpuMs: number },
  nowMs: number,
): Known {
  const memoryBytes = tree?.memoryBytes ?? 0;
  const before = known.get(instance.key);
  if (before === undefined || !isSameProcess(before.process, identity)) {
    const measures = { memoryBytes, grownBytes: 0, cpuMs, cpuPercent: 0, lookedAtMs: nowMs };
    const entry: Known = { process: identity, memory: NOTHING_DONE, ...measures };
    known.set(instance.key, entry);
    return entry;
  }
  const elapsedMs = nowMs - before.lookedAtMs;
  before.cpuPercent = elapsedMs <= 0 ? 0 : Math.round((100 * (cpuMs - before.cpuMs)) / elapsedMs);
  before.grownBytes = memoryBytes - before.memoryBytes;
  before.memoryBytes = memoryBytes;
  before.cpuMs = cpuMs;
  before.lookedAtMs = nowMs;
  return before;
}

function tellMemory(context: WatchContext, { instance, tree }: Watched, { process }: Known, reason: string): void {
  const { spec, key } = instance;
  context.log.warn('memory', { service: key, pid: process.pid, reason });
  try {
    recordEvent(context.db, {
      atMs: context.nowMs(),
      service: spec.name,
      instance: instance.instance,
      kind: 'memory-soft',
      cause: 'memory-limit',
      actor: 'watchdog',
      pid: process.pid,
      manifestHash: spec.hash,
      version: context.version,
      memoryBytes: tree?.memoryBytes,
      detail: { key, reason },
    });
  } catch (error) {
    context.log.trouble(`cannot write down the memory of ${key}`, error);
  }
}

/** A command said that it ends this very process: then it is the command's. */
function isBeingStopped({ db, log }: WatchContext, key: string, process: ProcessIdentity): boolean {
  try {
    const intent = readIntent(db, key, { kind: 'exit', process });
    return intent !== undefined && intent.actor !== 'watchdog';
  } catch (error) {
    log.trouble('the status table cannot be read', error);
    return false;
  }
}
