/** What is known of PM2's daemon from the questions that it was asked. */
export interface DaemonPulse {
  /** It has answered once: a daemon that comes up on a slow machine is not silent yet. */
  readonly hasAnswered: boolean;
  /** For how long no question was answered, in time that was really watched. */
  readonly silentMs: number;
  /** Unanswered questions in a row. */
  readonly unanswered: number;
  /** Processor time that it has used so far. */
  readonly cpuMs: number;
  /** It was stopped by a signal and was sent SIGCONT in this silence. */
  readonly continued: boolean;
}

/** One question, and what the kernel showed after it. */
export interface DaemonQuestion {
  readonly answered: boolean;
  /** Since the question before, in CLOCK_MONOTONIC. */
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Of the process, as proc(5) has it. */
  readonly state: string | undefined;
}

/**
 * Between two unanswered questions lie a pause and a deadline of two seconds each; more than this is an absence of the watchdog itself,
 * or a time in which the daemon still worked: it is asked less often while it answers.
 */
const MAX_STEP_MS = 5_000;
/** A process that wants to run and gets less of a processor than this is no more to blame than the machine. */
const STARVED_SHARE = 0.1;

export const NO_PULSE: DaemonPulse = { hasAnswered: false, silentMs: 0, unanswered: 0, cpuMs: 0, continued: false };

/** Takes in one question. Pure. Silence of a daemon that gets no processor, or waits for a disk, does not count. */
export function takePulse(before: DaemonPulse, question: DaemonQuestion): DaemonPulse {
  const { answered, elapsedMs, cpuMs, state } = question;
  if (answered) return { ...NO_PULSE, hasAnswered: true, cpuMs };
  const usedMs = cpuMs - before.cpuMs;
  const isExcused = state === 'D' || (state === 'R' && usedMs < elapsedMs * STARVED_SHARE);
  if (isExcused) return { ...before, cpuMs };
  const silentMs = before.silentMs + Math.min(Math.max(0, elapsedMs), MAX_STEP_MS);
  return { ...before, cpuMs, silentMs, unanswered: before.unanswered + 1 };
}

/** A healthy daemon answers within milliseconds. */
export const PATIENCE_MS = 10_000;
/** A daemon that is new needs a second or two, and on a slow machine many more. */
const FIRST_PATIENCE_MS = 60_000;
/** Each replacement restarts every service once: a daemon that falls silent again and again is replaced ever more rarely. */
const MAX_PATIENCE_MS = 600_000;
const MIN_UNANSWERED = 3;

/** `continue`: SIGCONT, which costs nobody anything. `replace`: SIGKILL, which the services survive, and a new one. */
export type DaemonCare = 'none' | 'continue' | 'replace';

/**
 * What is to be done about a daemon that lives. Pure.
 *
 * @param replaced How many were replaced for their silence lately.
 */
export function planDaemonCare(pulse: DaemonPulse, state: string | undefined, replaced: number): DaemonCare {
  const patienceMs = pulse.hasAnswered
    ? Math.min(PATIENCE_MS * 2 ** Math.min(replaced, 30), MAX_PATIENCE_MS)
    : FIRST_PATIENCE_MS;
  // Somebody looks into it with a debugger.
  if (state === 't' || pulse.unanswered < MIN_UNANSWERED) return 'none';
  if (state === 'T' && !pulse.continued) return pulse.silentMs >= PATIENCE_MS ? 'continue' : 'none';
  const heldMs = pulse.continued ? 2 * patienceMs : patienceMs;
  return pulse.silentMs >= heldMs ? 'replace' : 'none';
}
