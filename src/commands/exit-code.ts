import { anyFailed, type StartOutcome, type StopOutcome } from '../core/outcome.js';
import { EXIT } from '../errors.js';

/** What asks a command to wait no longer. */
export type InterruptSignal = 'SIGINT' | 'SIGTERM';

/** The exit code of a command that was interrupted: 143 by SIGTERM, 130 by Ctrl-C. */
export function exitCodeOfInterrupt(by: InterruptSignal | undefined): number {
  return by === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

/** @param by What interrupted it, where anything did. */
export function exitCodeOfStart(outcomes: readonly StartOutcome[], by: InterruptSignal | undefined): number {
  if (anyFailed(outcomes)) return EXIT.failed;
  return outcomes.some((outcome) => outcome.kind === 'interrupted') ? exitCodeOfInterrupt(by) : EXIT.ok;
}

export function exitCodeOfStop(outcomes: readonly StopOutcome[]): number {
  return anyFailed(outcomes) ? EXIT.failed : EXIT.ok;
}
