import { isQuiet } from './quiet-hours.js';
import type { AlertPolicy } from './stack.js';
import type { Verdict } from './verdict.js';

/** What holds of one subject (a process of a service, the disk, PM2) at one look. */
export interface AlertSituation {
  readonly verdict: Verdict;
  /** It is worth telling even when it is over within seconds: PM2's daemon died and a new one took over. */
  readonly atOnce?: boolean;
}

/** What is remembered of a subject from look to look, and across restarts of the watchdog. */
export interface AlertMemory {
  readonly verdict: Verdict;
  /** Since when the verdict holds. */
  readonly sinceMs: number;
  /** What was told last; `null`: nothing bad was told since it was fine. */
  readonly alerted: Verdict | null;
  readonly alertedAtMs: number;
  /** How often it went bad since `episodesSinceMs`, with less than a window of calm in between. */
  readonly episodes: number;
  readonly episodesSinceMs: number;
  /** When it last ceased to be bad; 0: it never was. */
  readonly calmSinceMs: number;
}

export type AlertStep =
  | { readonly kind: 'nothing' }
  /** It would be told, and is not yet: it may pass by itself, it flaps, or people sleep. */
  | { readonly kind: 'hold'; readonly why: 'settling' | 'flapping' | 'quiet' }
  | { readonly kind: 'alert' | 'recovery'; readonly previous: Verdict | null };

export interface AlertDecision {
  readonly step: AlertStep;
  /** To be remembered, in the same transaction that puts the message into the outbox. */
  readonly memory: AlertMemory;
}

/** What went bad twice with less calm than this in between flaps: it has recovered when it has been fine for as long. */
export const FLAP_WINDOW_MS = 5 * 60_000;
/** A subject that goes bad again and again, too shortly to be told each time, is told after this many times and this long. */
const FLAP_EPISODES = 3;
const FLAP_NOTICE_MS = 60_000;

/** What passes by itself, or is being mended already, is told once it has lasted this long. `after` of the manifest can only lengthen it. */
const SETTLE_MS: Readonly<Record<Verdict, number>> = {
  /** The launcher starts it again, and a start takes its moment; the breaker opens when that does not help. */
  down: 10_000,
  /** A new PM2 daemon takes the services back, one at a time. */
  orphaned: 60_000,
  /** A peak of memory, or a service that is just being stopped. */
  degraded: 30_000,
  /** Two looks at least: a process that ends while its successor starts. */
  duplicate: 2_000,
  /** Not a moment between two crashes. */
  healthy: 5_000,
  stopped: 5_000,
  starting: 0,
  unhealthy: 0,
  /** When a machine wakes up, every heartbeat looks late until the next one. */
  stale: 3_000,
  hung: 3_000,
  'crash-loop': 0,
};

/**
 * Decides what to tell of a subject: nothing, an alert, a recovery, or not yet. Pure.
 *
 * It compares what holds with what was told, so a restart of the watchdog tells nothing twice and forgets nothing, and
 * what was held back is told when it may be, if it still holds. `starting` is neither good nor bad: what comes of it counts.
 */
export function planAlert(
  now: AlertSituation,
  memory: AlertMemory | undefined,
  policy: AlertPolicy,
  nowMs: number,
): AlertDecision {
  if (memory !== undefined && isAtRest(now, memory, policy, nowMs)) return { step: NOTHING, memory };
  const seen = remember(now.verdict, memory, policy, nowMs);
  const step = decide(now, seen, policy, nowMs);
  if (step.kind !== 'alert' && step.kind !== 'recovery') return { step, memory: seen };
  return { step, memory: { ...seen, alerted: step.kind === 'alert' ? now.verdict : null, alertedAtMs: nowMs } };
}

const NOTHING: AlertStep = { kind: 'nothing' };

/** As fine as it was, with nothing left to tell: what nearly every look finds. */
function isAtRest({ verdict }: AlertSituation, memory: AlertMemory, { verdicts }: AlertPolicy, nowMs: number): boolean {
  return (
    verdict === memory.verdict && memory.alerted === null && memory.sinceMs <= nowMs && !verdicts.includes(verdict)
  );
}

function remember(verdict: Verdict, memory: AlertMemory | undefined, policy: AlertPolicy, nowMs: number): AlertMemory {
  const isBad = policy.verdicts.includes(verdict);
  if (memory === undefined) {
    const none = { alerted: null, alertedAtMs: 0, episodesSinceMs: nowMs, calmSinceMs: 0 };
    return { ...none, verdict, sinceMs: nowMs, episodes: isBad ? 1 : 0 };
  }
  if (verdict === memory.verdict) return { ...memory, sinceMs: Math.min(memory.sinceMs, nowMs) };
  const next = { ...memory, verdict, sinceMs: nowMs };
  const wasBad = policy.verdicts.includes(memory.verdict);
  if (isBad && wasBad) return next;
  if (!isBad) {
    const calmSinceMs = wasBad ? nowMs : memory.calmSinceMs;
    return { ...next, calmSinceMs, episodes: isNewStory(verdict, memory) ? 0 : memory.episodes };
  }
  const isCalm = memory.episodes === 0 || nowMs - memory.calmSinceMs > FLAP_WINDOW_MS;
  return isCalm ? { ...next, episodes: 1, episodesSinceMs: nowMs } : { ...next, episodes: memory.episodes + 1 };
}

/** Only an operator closes a breaker or stops a service: what was before does not make it flap. */
function isNewStory(verdict: Verdict, memory: AlertMemory): boolean {
  return memory.verdict === 'crash-loop' || verdict === 'stopped';
}

function decide(now: AlertSituation, memory: AlertMemory, policy: AlertPolicy, nowMs: number): AlertStep {
  const { verdict } = now;
  if (policy.verdicts.includes(verdict)) return decideBad(now, memory, policy, nowMs);
  if (verdict === 'starting' || memory.alerted === null) return NOTHING;
  const isFlapping = memory.episodes > 1;
  const settleMs = Math.max(policy.afterMs, isFlapping ? FLAP_WINDOW_MS : SETTLE_MS[verdict]);
  if (nowMs - memory.sinceMs < settleMs) return { kind: 'hold', why: isFlapping ? 'flapping' : 'settling' };
  // Who was woken by an alert is told that it is over.
  if (isHeld(memory.alerted, policy, nowMs)) return { kind: 'hold', why: 'quiet' };
  return { kind: 'recovery', previous: memory.alerted };
}

function decideBad(
  { verdict, atOnce }: AlertSituation,
  memory: AlertMemory,
  policy: AlertPolicy,
  nowMs: number,
): AlertStep {
  if (memory.alerted === verdict) return NOTHING;
  const settleMs = atOnce === true ? 0 : SETTLE_MS[verdict];
  const hasLasted = nowMs - memory.sinceMs >= Math.max(policy.afterMs, settleMs);
  if (!hasLasted && !isFlappingLong(memory, policy, nowMs)) return { kind: 'hold', why: 'settling' };
  if (isBackAndForth(verdict, memory, nowMs)) return { kind: 'hold', why: 'flapping' };
  if (isHeld(verdict, policy, nowMs)) return { kind: 'hold', why: 'quiet' };
  return { kind: 'alert', previous: memory.alerted };
}

function isFlappingLong({ episodes, episodesSinceMs }: AlertMemory, { afterMs }: AlertPolicy, nowMs: number): boolean {
  return episodes >= FLAP_EPISODES && nowMs - episodesSinceMs >= Math.max(FLAP_NOTICE_MS, afterMs);
}

/** From one bad verdict to another and back is told once in a window; an open breaker and a second process are always told. */
function isBackAndForth(verdict: Verdict, { alerted, alertedAtMs }: AlertMemory, nowMs: number): boolean {
  if (alerted === null || verdict === 'crash-loop' || verdict === 'duplicate') return false;
  return Math.abs(nowMs - alertedAtMs) < FLAP_WINDOW_MS;
}

function isHeld(verdict: Verdict, { quiet }: AlertPolicy, nowMs: number): boolean {
  return quiet !== undefined && !quiet.except.includes(verdict) && isQuiet(quiet, nowMs);
}
