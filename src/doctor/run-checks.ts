import type { Finding } from '../core/finding.js';
import type { CheckDeps } from './check-deps.js';
import { isVisible } from './list-folder.js';
import { type CheckFinding, error, notChecked } from './report.js';

/** One check: looks, changes nothing, and says at least one thing. */
export interface Check {
  /** How it is called in the report: `ports`. */
  readonly name: string;
  /** It has nothing to say where the state folder belongs to somebody else. */
  readonly readsState?: true;
  readonly run: (deps: CheckDeps) => readonly CheckFinding[] | Promise<readonly CheckFinding[]>;
}

/** Runs every check in order. One that throws becomes the finding `CHECK_FAILED`, and the others still run. */
export async function runChecks(checks: readonly Check[], deps: CheckDeps): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    for (const found of await runCheck(check, deps)) findings.push({ check: check.name, ...found });
  }
  return findings;
}

async function runCheck(check: Check, deps: CheckDeps): Promise<readonly CheckFinding[]> {
  if (check.readsState === true && !isVisible(deps.paths.home)) {
    return [notChecked(`you may not look into ${deps.show(deps.paths.home)}`)];
  }
  try {
    return await check.run(deps);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return [
      error({
        code: 'CHECK_FAILED',
        subject: check.name,
        evidence: `the check "${check.name}" broke, so nothing is known of it: ${why}`,
      }),
    ];
  }
}
