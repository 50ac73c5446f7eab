import type { Deed } from '../apply-step.js';
import type { Wanted } from '../deeds.js';
import type { Reality } from '../reality.js';
import type { ServiceName } from '../services.js';
import type { Violation } from './violation.js';

/**
 * After `sigctl recover` there is a daemon and a watchdog, once all is at rest and somebody relies on them. Judged where the step was
 * nothing but that: what else happens beside it may kill them again. Whether the services came back is judged with the verdicts.
 */
export function checkRecovered(
  deeds: readonly Deed[],
  wanted: ReadonlyMap<ServiceName, Wanted>,
  { daemons, watchdogs }: Pick<Reality, 'daemons' | 'watchdogs'>,
): readonly Violation[] {
  const [deed, ...others] = deeds;
  if (deed?.action.kind !== 'both-gone' || others.length > 0) return [];
  if (![...wanted.values()].includes('yes')) return [];
  const { run } = deed;
  const printed = run === undefined ? '' : `\n${run.stdout}${run.stderr}`;
  const faults = [
    ...(run?.exitCode === 0 ? [] : [`exit code ${run?.exitCode}`]),
    ...(daemons.length > 0 ? [] : ['no daemon']),
    ...(watchdogs.length > 0 ? [] : ['no watchdog']),
  ];
  if (faults.length === 0) return [];
  return [{ rule: 'recover brings both back', evidence: `${faults.join(', ')}${printed}` }];
}
