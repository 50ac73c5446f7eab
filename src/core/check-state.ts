import type { HealthCheck } from './stack.js';

/** What one look at a service found, in words and numbers: `HTTP 503 in 12ms`. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly reason: string;
}

/**
 * What the answers of one health check say of one process.
 *
 *     unknown ──ok──▶ passing ◀──`successes` in a row──┐
 *        └──`failures` in a row, after its start──▶ failing
 *                     passing ──`failures` in a row──▶ failing
 */
export interface CheckState {
  readonly verdict: 'unknown' | 'passing' | 'failing';
  /** Of the answer that the verdict rests on, or of a newer one that agrees with it. */
  readonly reason: string;
  readonly sinceMs: number;
  /** Answers in a row that speak against the verdict. */
  readonly contrary: number;
}

export interface CheckMoment {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** The process may still be starting: until it has passed once, a failure says nothing. */
  readonly isStarting: boolean;
}

/** Nothing was asked yet. */
export function unaskedState(nowMs: number): CheckState {
  return { verdict: 'unknown', reason: 'not asked yet', sinceMs: nowMs, contrary: 0 };
}

/** The state after one more answer. Pure. The first pass settles an unknown state at once: one good answer proves that it works. */
export function nextCheckState(
  state: CheckState,
  answer: ProbeAnswer,
  { failures, successes }: Pick<HealthCheck, 'failures' | 'successes'>,
  { nowMs, isStarting }: CheckMoment,
): CheckState {
  const { reason } = answer;
  if (answer.ok) {
    if (state.verdict === 'passing') return { ...state, reason, contrary: 0 };
    const contrary = state.contrary + 1;
    if (state.verdict === 'failing' && contrary < successes) return { ...state, contrary };
    return { verdict: 'passing', reason, sinceMs: nowMs, contrary: 0 };
  }
  if (state.verdict === 'failing') return { ...state, reason, contrary: 0 };
  if (state.verdict === 'unknown' && isStarting) return { ...state, reason, contrary: 0 };
  const contrary = state.contrary + 1;
  if (contrary < failures) return { ...state, contrary };
  return { verdict: 'failing', reason, sinceMs: nowMs, contrary: 0 };
}
