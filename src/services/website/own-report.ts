import type { ServiceReport } from '../../core/service-report.js';
import { isFine } from '../../core/verdict.js';

/** Which process of the stack this website is. */
export interface OwnProcess {
  readonly service: string;
  readonly instance: string;
}

/**
 * Corrects what the records say of the website itself: whoever reads this got an answer from it, so it is not down.
 * What is wrong with its records stays visible as `degraded`. Duplicates and a missing parent are real and stay as they are.
 */
export function correctOwnReport(reports: readonly ServiceReport[], own: OwnProcess): readonly ServiceReport[] {
  return reports.map((report) => {
    const isOwn = report.service === own.service && report.instance === own.instance;
    return isOwn && isContradicted(report)
      ? { ...report, verdict: 'degraded', reason: `answers, although: ${report.reason}` }
      : report;
  });
}

function isContradicted({ verdict }: ServiceReport): boolean {
  if (verdict === 'orphaned' || verdict === 'duplicate' || verdict === 'degraded') return false;
  return verdict === 'stopped' || !isFine(verdict);
}
