import type { Deed } from '../apply-step.js';
import type { Violation } from './violation.js';

/** Documented exit codes that a disturbed command may end with. */
const ALLOWED = [0, 1, 4];

/** A command ends, with a code that is documented for the situation; only the suite's own signal may end it otherwise. */
export function checkCommands(deeds: readonly Deed[]): readonly Violation[] {
  return deeds.flatMap(({ action, run, faults }) => {
    const violations: Violation[] = faults.map((fault) => ({ rule: 'a lost database is survived', evidence: fault }));
    if (run === undefined) return violations;
    const command = `sigctl ${run.args.join(' ')}`;
    const printed = `${run.stdout}${run.stderr}`;
    if (run.hung)
      violations.push({
        rule: 'commands end',
        evidence: `${command} took ${run.tookMs} ms and did not end\n${printed}`,
      });
    else if (run.signal === null && !ALLOWED.includes(run.exitCode ?? -1)) {
      violations.push({
        rule: 'commands end as documented',
        evidence: `${command}: exit code ${run.exitCode}\n${printed}`,
      });
    } else if (run.signal !== null && !(action.kind === 'cli' && action.fate.kind === 'killed')) {
      violations.push({
        rule: 'commands end as documented',
        evidence: `${command}: ${run.signal}, which nobody here sent`,
      });
    }
    return violations;
  });
}
