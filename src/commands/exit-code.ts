import { anyFailed, type StartOutcome, type StopOutcome } from '../core/outcome.js';
import { EXIT } from '../errors.js';

/** 128 + SIGINT, as shells report a command that Ctrl-C ended. */
const INTERRUPTED = 130;

export function exitCodeOfStart(outcomes: readonly StartOutcome[]): number {
  if (anyFailed(outcomes)) return EXIT.failed;
  return outcomes.some((outcome) => outcome.kind === 'interrupted') ? INTERRUPTED : EXIT.ok;
}

export function exitCodeOfStop(outcomes: readonly StopOutcome[]): number {
  return anyFailed(outcomes) ? EXIT.failed : EXIT.ok;
}
