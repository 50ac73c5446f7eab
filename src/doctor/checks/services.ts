import type { FindingCode } from '../../core/finding.js';
import type { ServiceReport } from '../../core/service-report.js';
import type { Verdict } from '../../core/verdict.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, error, info, notChecked, ok, warning } from '../report.js';
import { count } from '../words.js';

/** Verdicts that the other checks do not explain. */
const TROUBLE: Partial<Record<Verdict, { readonly code: FindingCode; readonly severity: 'error' | 'warning' }>> = {
  down: { code: 'SERVICE_DOWN', severity: 'error' },
  'crash-loop': { code: 'SERVICE_CRASH_LOOP', severity: 'error' },
  hung: { code: 'SERVICE_HUNG', severity: 'error' },
  stale: { code: 'SERVICE_STALE', severity: 'error' },
  unhealthy: { code: 'SERVICE_UNHEALTHY', severity: 'error' },
  degraded: { code: 'SERVICE_DEGRADED', severity: 'warning' },
};

/** What `sigctl status` says of services that should run, and of manifest entries that changed under them. */
export function checkServices({ stack, facts }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  const state = facts.state();
  if (state.kind === 'absent') return [ok('nothing was started here yet')];
  if (state.kind === 'unreadable') return [notChecked('the status table cannot be read')];
  const names = new Set(stack.services.map(({ name }) => name));
  // One that left the manifest is the business of the check of processes.
  const reports = facts.reports().filter(({ service }) => names.has(service));
  const running = new Set(reports.filter(({ pid }) => pid !== null).map(({ service }) => service));
  const hashes = new Map(state.desired.map(({ service, manifestHash }) => [service, manifestHash]));
  const changed = stack.services.filter(({ name, hash }) => {
    const then = hashes.get(name) ?? null;
    return running.has(name) && then !== null && then !== hash;
  });
  const found = [...reports.flatMap(judgeReport), ...changed.map(({ name }) => describeChange(name))];
  const wanted = reports.filter((report) => report.wanted);
  return found.length > 0
    ? found
    : [ok(`${count(wanted.length, 'process', 'processes')} should run, all of them in order`)];
}

/** Pure. An orphan or a duplicate is the business of the check of processes. */
export function judgeReport(report: ServiceReport): readonly CheckFinding[] {
  const trouble = TROUBLE[report.verdict];
  if (trouble === undefined) return [];
  const finding = {
    code: trouble.code,
    subject: report.key,
    evidence: `${report.verdict}: ${report.reason}`,
    ...(report.next === null ? {} : { mend: report.next }),
  };
  return [trouble.severity === 'error' ? error(finding) : warning(finding)];
}

function describeChange(name: string): CheckFinding {
  return info({
    code: 'SERVICE_CHANGED',
    subject: name,
    evidence: 'its manifest entry changed since it started: it runs by the old one',
    mend: `sigctl restart ${name}`,
  });
}
