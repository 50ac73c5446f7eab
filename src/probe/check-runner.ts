import { type CheckState, nextCheckState, type ProbeAnswer, unaskedState } from '../core/check-state.js';
import type { ProcessIdentity } from '../core/observed-process.js';
import type { HealthCheck } from '../core/stack.js';
import { CHECK_REWRITE_MS, type StoredCheck } from '../core/stored-check.js';
import type { OpenProbe } from './open-probe.js';

/** Commands are processes: this many at once leave a small machine its breath. */
const MAX_AT_ONCE = 6;
/** The first question falls somewhere into this time, so that fifty services are not asked in one breath. */
const FIRST_WITHIN_MS = 3_000;
/** Each further one comes so much earlier or later than its interval says: what fell together drifts apart. */
const JITTER_SHARE = 0.1;

/** One live process that is wanted, and what its manifest entry wants to know of it. */
export interface CheckTarget {
  readonly service: string;
  readonly instance: string;
  readonly process: ProcessIdentity;
  readonly checks: readonly HealthCheck[];
  /** It is younger than its rule of readiness allows: a failure before its first pass says nothing. */
  readonly isStarting: () => boolean;
}

export interface FailingCheck {
  readonly target: CheckTarget;
  readonly check: HealthCheck;
  readonly reason: string;
}

export interface CheckRunnerDeps<Target extends CheckTarget> {
  readonly open: (target: Target, check: HealthCheck) => OpenProbe;
  /** Writes answers that are new, or that are due to be written again. What it throws, `tick` throws, and the next one tries again. */
  readonly record: (checks: readonly StoredCheck[]) => void;
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number;
}

export interface CheckRunner<Target extends CheckTarget> {
  /**
   * Takes in the answers that have come, writes them down, asks what is due, and returns at once.
   *
   * @param nowMonoMs By a clock that never jumps and stands still in suspend. `nowMs` is epoch milliseconds, for the record.
   */
  readonly tick: (targets: readonly Target[], nowMonoMs: number, nowMs: number) => void;
  /** The checks that fail now, each of the process that was asked. */
  readonly failing: () => readonly FailingCheck[];
  /** Asks nothing any more. Questions that are out end by their own timeouts. */
  readonly close: () => void;
}

interface Entry {
  target: CheckTarget;
  check: HealthCheck;
  /** Of the check as it was opened: a changed one is another check. */
  readonly rule: string;
  readonly probe: OpenProbe;
  state: CheckState;
  dueMonoMs: number;
  isAsking: boolean;
  /** Came since the last tick. */
  answer: ProbeAnswer | undefined;
  isUnwritten: boolean;
}

/** Asks the checks of all services, each by its own interval, never one of them twice at once. */
export function createCheckRunner<Target extends CheckTarget>(deps: CheckRunnerDeps<Target>): CheckRunner<Target> {
  const entries = new Map<string, Entry>();
  let writtenMonoMs = Number.NEGATIVE_INFINITY;
  return {
    tick: (targets, nowMonoMs, nowMs) => {
      follow(entries, targets, { ...deps, nowMonoMs, nowMs });
      for (const entry of entries.values()) settle(entry, nowMs);
      const isRewrite = nowMonoMs - writtenMonoMs >= CHECK_REWRITE_MS;
      const unwritten = [...entries.values()].filter((entry) => entry.isUnwritten || isRewrite);
      const rows = unwritten.flatMap((entry) => toRow(entry, nowMs));
      if (rows.length > 0) deps.record(rows);
      if (isRewrite && rows.length > 0) writtenMonoMs = nowMonoMs;
      for (const entry of unwritten) entry.isUnwritten = false;
      askDue(entries, nowMonoMs, deps.random);
    },
    failing: () =>
      [...entries.values()]
        .filter(({ state }) => state.verdict === 'failing')
        .map(({ target, check, state }) => ({ target, check, reason: state.reason })),
    close: () => {
      for (const entry of entries.values()) closeProbe(entry);
      entries.clear();
    },
  };
}

interface Follow<Target extends CheckTarget> extends CheckRunnerDeps<Target> {
  readonly nowMonoMs: number;
  readonly nowMs: number;
}

/** One entry for each check of each process that is there now. Those of a process that is gone go with it. */
function follow<Target extends CheckTarget>(
  entries: Map<string, Entry>,
  targets: readonly Target[],
  { open, random, nowMonoMs, nowMs }: Follow<Target>,
): void {
  const seen = new Set<string>();
  for (const target of targets) {
    for (const check of target.checks) {
      const { pid, startToken } = target.process;
      const key = [target.service, target.instance, check.name, pid, startToken].join('\0');
      seen.add(key);
      const known = entries.get(key);
      const rule = known?.check === check ? known.rule : JSON.stringify(check);
      if (known?.rule === rule) {
        known.target = target;
        known.check = check;
        continue;
      }
      if (known !== undefined) closeProbe(known);
      entries.set(key, {
        ...{ target, check, rule, probe: open(target, check), state: unaskedState(nowMs) },
        ...{ isAsking: false, answer: undefined, isUnwritten: false },
        dueMonoMs: nowMonoMs + random() * Math.min(check.everyMs, FIRST_WITHIN_MS),
      });
    }
  }
  for (const [key, entry] of entries) {
    if (seen.has(key)) continue;
    closeProbe(entry);
    entries.delete(key);
  }
}

function closeProbe({ probe }: Entry): void {
  probe.close().catch(() => {
    // Only a file is closed by it: whatever stood in its way, nobody looks at that file any more.
  });
}

function settle(entry: Entry, nowMs: number): void {
  const { answer, state, check, target } = entry;
  if (answer === undefined) return;
  entry.answer = undefined;
  entry.state = nextCheckState(state, answer, check, {
    nowMs,
    isStarting: state.verdict === 'unknown' && target.isStarting(),
  });
  if (entry.state.verdict !== state.verdict) entry.isUnwritten = true;
}

function toRow({ target, check, state }: Entry, nowMs: number): readonly StoredCheck[] {
  if (state.verdict === 'unknown') return [];
  const { service, instance, process } = target;
  const { reason, sinceMs } = state;
  const ok = state.verdict === 'passing';
  return [{ service, instance, name: check.name, kind: check.kind, process, ok, reason, sinceMs, atMs: nowMs }];
}

/** The most overdue first, so that a busy machine puts nobody off for good. */
function askDue(entries: ReadonlyMap<string, Entry>, nowMonoMs: number, random: () => number): void {
  const all = [...entries.values()];
  const free = MAX_AT_ONCE - all.filter(({ isAsking }) => isAsking).length;
  const due = all
    .filter((entry) => !entry.isAsking && entry.answer === undefined && entry.dueMonoMs <= nowMonoMs)
    .sort((a, b) => a.dueMonoMs - b.dueMonoMs);
  for (const entry of due.slice(0, Math.max(0, free))) {
    entry.dueMonoMs = nowMonoMs + entry.check.everyMs * (1 + JITTER_SHARE * (2 * random() - 1));
    entry.isAsking = true;
    void askOnce(entry, nowMonoMs);
  }
}

async function askOnce(entry: Entry, nowMonoMs: number): Promise<void> {
  try {
    entry.answer = await entry.probe.ask(nowMonoMs);
  } catch (error) {
    // A log that cannot be read, no process left for a command: the check failed, whatever the service does.
    const why = error instanceof Error ? error.message : String(error);
    entry.answer = { ok: false, reason: `cannot be asked: ${why}` };
  } finally {
    entry.isAsking = false;
  }
}
