import { Chalk, type ChalkInstance } from 'chalk';
import { assertNever } from '../core/assert-never.js';
import { formatDuration } from '../core/duration.js';
import type { ReloadOutcome } from '../core/reload-plan.js';
import { cleanText } from './clean-text.js';

/** One line for each service; below a failure its last log lines and the next command. */
export function renderReloadOutcomes(outcomes: readonly ReloadOutcome[], colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  if (outcomes.length === 0) return 'Nothing runs, so nothing was reloaded';
  const width = Math.max(...outcomes.map(({ service }) => service.length));
  return outcomes.map((outcome) => renderOutcome(outcome, outcome.service.padEnd(width), paint)).join('\n');
}

function renderOutcome(outcome: ReloadOutcome, name: string, paint: ChalkInstance): string {
  switch (outcome.kind) {
    case 'reloaded':
    case 'restarted': {
      const note = outcome.note === null ? '' : paint.dim(` (${outcome.note})`);
      return `${paint.green('✔')} ${name}  ${outcome.kind} in ${formatDuration(outcome.tookMs)}${note}`;
    }
    case 'failed':
      return [
        `${paint.red('✖')} ${name}  ${outcome.reason}`,
        ...outcome.logTail.map((line) => paint.dim(`    │ ${cleanText(line, false)}`)),
        `    ${paint.dim('next:')} ${outcome.hint}`,
      ].join('\n');
    case 'skipped':
      return `${paint.yellow('-')} ${name}  left as it is: ${outcome.reason}`;
    case 'interrupted':
      return `${paint.yellow('!')} ${name}  not waited for any longer (sigctl status)`;
    default:
      return assertNever(outcome, 'outcome of a reload');
  }
}
