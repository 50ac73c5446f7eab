import type { Finding, FindingCode, Remedy } from '../core/finding.js';

/** What a check returns: the name of the check is added by whoever runs it. */
export type CheckFinding = Omit<Finding, 'check'>;

/** The parts of a finding that are worth writing down. */
export interface Report {
  readonly code: FindingCode;
  readonly evidence: string;
  readonly subject?: string;
  readonly mend?: string;
  readonly remedy?: Remedy;
}

/** Something is broken, or will break soon. */
export const error = (report: Report): CheckFinding => finding('error', report);
/** It works, and an operator should look. */
export const warning = (report: Report): CheckFinding => finding('warning', report);
/** Good to know. */
export const info = (report: Report): CheckFinding => finding('info', report);
/** Looked at, and in order. The evidence says what was seen. */
export const ok = (evidence: string): CheckFinding => finding('ok', { code: 'OK', evidence });
/** There was nothing to look at, or no way to. */
export const notChecked = (why: string): CheckFinding => finding('info', { code: 'NOT_CHECKED', evidence: why });

function finding(severity: Finding['severity'], { code, evidence, subject, mend, remedy }: Report): CheckFinding {
  return { severity, code, subject: subject ?? null, evidence, mend: mend ?? null, remedy: remedy ?? null };
}

/** The findings, or the one that says that there is nothing to find. */
export function orOk(findings: readonly CheckFinding[], evidence: string): readonly CheckFinding[] {
  return findings.length === 0 ? [ok(evidence)] : findings;
}
