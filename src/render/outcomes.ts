import { Chalk, type ChalkInstance } from 'chalk';
import { assertNever } from '../core/assert-never.js';
import { formatDuration } from '../core/duration.js';
import type { StartFailure, StartOutcome, StopOutcome } from '../core/outcome.js';
import { cleanText } from './clean-text.js';

/** What stopped and then what started, names and words in columns of both. */
export function renderOutcomes(
  stopped: readonly StopOutcome[],
  started: readonly StartOutcome[],
  colour: boolean,
): string {
  const keys = longestKey([...stopped, ...started]);
  return [renderStopOutcomes(stopped, colour, keys), renderStartOutcomes(started, colour, keys)]
    .filter(Boolean)
    .join('\n');
}

/**
 * One line for each process that was to start; below a failure its last log lines and the next command.
 *
 * @param keys Columns of the names, where other lines stand above or below.
 */
export function renderStartOutcomes(
  outcomes: readonly StartOutcome[],
  colour: boolean,
  keys = longestKey(outcomes),
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  if (outcomes.length === 0) return 'Nothing to start';
  return [...outcomes.map((outcome) => renderStart(outcome, keys, paint)), ...renderUndone(outcomes, paint)].join('\n');
}

/** What is left of a start that was interrupted. */
function renderUndone(outcomes: readonly StartOutcome[], paint: ChalkInstance): readonly string[] {
  const undone = outcomes.filter((outcome) => outcome.kind === 'interrupted' && !outcome.launched);
  if (undone.length === 0) return [];
  const services = [...new Set(undone.map(({ service }) => service))];
  return [`    ${paint.dim('next:')} sigctl start ${services.join(' ')}`];
}

function renderStart(outcome: StartOutcome, width: number, paint: ChalkInstance): string {
  const name = outcome.key.padEnd(width);
  switch (outcome.kind) {
    case 'ready':
      return `${paint.green('✔')} ${name}  ready in ${formatDuration(outcome.tookMs)} ${paint.dim(`(pid ${outcome.pid})`)}`;
    case 'kept':
      return outcome.note === null
        ? `${paint.green('✔')} ${name}  already running ${paint.dim(`(pid ${outcome.pid})`)}`
        : `${paint.yellow('!')} ${name}  left as it is (pid ${outcome.pid}): ${outcome.note}`;
    case 'completed':
      return outcome.tookMs === null
        ? `${paint.green('✔')} ${name}  completed before (code ${outcome.code}); ${paint.dim(`again: sigctl start ${outcome.service}`)}`
        : `${paint.green('✔')} ${name}  completed in ${formatDuration(outcome.tookMs)} ${paint.dim(`(code ${outcome.code})`)}`;
    case 'skipped':
      return `${paint.yellow('-')} ${name}  not started: ${outcome.reason}`;
    case 'interrupted':
      return outcome.launched
        ? `${paint.yellow('!')} ${name}  not waited for any longer; it is left as it is (sigctl status)`
        : `${paint.yellow('-')} ${name}  not started: interrupted before it`;
    case 'failed':
      return renderFailure(outcome, name, paint);
    default:
      return assertNever(outcome, 'outcome of a start');
  }
}

function renderFailure(failure: StartFailure, name: string, paint: ChalkInstance): string {
  return [
    `${paint.red('✖')} ${name}  ${failure.reason}`,
    ...failure.logTail.map((line) => paint.dim(`    │ ${cleanText(line, false)}`)),
    `    ${paint.dim('next:')} ${failure.hint}`,
  ].join('\n');
}

/** One line for each process that was to stop. */
export function renderStopOutcomes(
  outcomes: readonly StopOutcome[],
  colour: boolean,
  keys = longestKey(outcomes),
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  return outcomes.map((outcome) => renderStop(outcome, keys, paint)).join('\n');
}

function longestKey(outcomes: readonly { readonly key: string }[]): number {
  return Math.max(0, ...outcomes.map(({ key }) => key.length));
}

function renderStop(outcome: StopOutcome, width: number, paint: ChalkInstance): string {
  const name = outcome.key.padEnd(width);
  switch (outcome.kind) {
    case 'stopped':
      return outcome.forced
        ? `${paint.yellow('!')} ${name}  killed after ${formatDuration(outcome.tookMs)}: it did not end on SIGINT`
        : `${paint.green('✔')} ${name}  stopped in ${formatDuration(outcome.tookMs)}`;
    case 'already':
      return `${paint.dim('-')} ${name}  not running`;
    case 'failed':
      return `${paint.red('✖')} ${name}  ${outcome.reason}`;
    default:
      return assertNever(outcome, 'outcome of a stop');
  }
}
