import { Chalk } from 'chalk';
import { formatDuration } from '../core/duration.js';
import type { WaitGoal, WaitState } from '../core/wait-goal.js';
import { cleanText } from './clean-text.js';

/** How a wait ended: one line when all are there, else one for each that is not. */
export function renderWait(goal: WaitGoal, state: WaitState, waitedMs: number, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const took = formatDuration(waitedMs);
  if (state.reached) return `${paint.green('✔')} ${goal} after ${took}`;
  if (state.missing.length === 0) return `${paint.red('✖')} no service should run ${paint.dim('→ sigctl start')}`;
  const width = Math.max(...state.missing.map(({ key }) => key.length));
  return state.missing
    .map(
      ({ key, why }) => `${paint.red('✖')} ${key.padEnd(width)}  not ${goal} after ${took}: ${cleanText(why, false)}`,
    )
    .join('\n');
}
