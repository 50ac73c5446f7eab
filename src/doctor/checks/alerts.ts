import type { UndeliveredAlerts } from '../../core/alert-view.js';
import { formatDuration } from '../../core/duration.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, error, notChecked, ok, warning } from '../report.js';
import { count } from '../words.js';

/** Whether alerts reach somebody. */
export function checkAlerts({ stack, facts, nowMs }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  const channels = stack.watch.alerts.channels.map(({ kind }) => kind);
  const state = facts.state();
  if (state.kind === 'unreadable') return [notChecked('the status table cannot be read')];
  if (state.kind === 'read' && state.undelivered !== undefined) return [judgeUndelivered(state.undelivered, nowMs())];
  if (channels.length === 0) return [notChecked('the manifest names no channel for alerts')];
  return [ok(`${channels.join(', ')}: every alert was delivered`)];
}

/** Pure. What was given up is an error; what is tried again is a warning. */
export function judgeUndelivered(undelivered: UndeliveredAlerts, nowMs: number): CheckFinding {
  const { dead, channel, error: why, oldestAtMs } = undelivered;
  const report = {
    code: 'ALERTS_UNDELIVERED',
    subject: channel,
    evidence: `${count(undelivered.count, 'alert')} not delivered (${dead} given up), the oldest ${formatDuration(nowMs - oldestAtMs)} old: ${why}`,
    mend: `sigctl alerts${dead > 0 ? ', then sigctl alerts retry' : ''}`,
  } as const;
  return dead > 0 ? error(report) : warning(report);
}
