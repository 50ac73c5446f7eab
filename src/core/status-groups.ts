import type { ServiceReport } from './service-report.js';
import type { Verdict } from './verdict.js';

/** What a stack's services are sorted by. */
export interface GroupRules {
  readonly mode: string | null;
  /** Services of the mode; `undefined` without a mode. */
  readonly members?: readonly string[] | undefined;
  /** Services of the manifest; `undefined`: every one is. */
  readonly known?: readonly string[] | undefined;
}

export interface StatusGroup {
  /** `null`: those that belong here without a word. */
  readonly title: string | null;
  readonly reports: readonly ServiceReport[];
}

/** What wants somebody comes first, and what asks for nothing last. */
const URGENCY: Readonly<Record<Verdict, number>> = {
  'crash-loop': 0,
  down: 1,
  duplicate: 2,
  hung: 3,
  stale: 4,
  unhealthy: 5,
  orphaned: 6,
  degraded: 7,
  starting: 8,
  healthy: 9,
  stopped: 10,
};

/** The mode's services, then the others of the manifest, then what is in it no more; in each the most urgent first. Pure. */
export function groupReports(reports: readonly ServiceReport[], rules: GroupRules): readonly StatusGroup[] {
  const { mode, members, known } = rules;
  const isKnown = ({ service }: ServiceReport) => known === undefined || known.includes(service);
  const isMember = ({ service }: ServiceReport) => members === undefined || members.includes(service);
  const groups: readonly StatusGroup[] = [
    { title: null, reports: reports.filter((report) => isKnown(report) && isMember(report)) },
    { title: `not in mode ${mode}`, reports: reports.filter((report) => isKnown(report) && !isMember(report)) },
    { title: 'not in the manifest', reports: reports.filter((report) => !isKnown(report)) },
  ];
  return groups
    .filter((group) => group.reports.length > 0)
    .map((group) => ({ ...group, reports: [...group.reports].sort(byUrgency) }));
}

/** Stable: equally urgent ones keep the order of the manifest. */
function byUrgency(left: ServiceReport, right: ServiceReport): number {
  return URGENCY[left.verdict] - URGENCY[right.verdict];
}
