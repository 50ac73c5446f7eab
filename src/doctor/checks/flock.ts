import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, ok, warning } from '../report.js';

/** Whether the kernel itself refuses a second copy of a service. */
export function checkFlock({ flock }: CheckDeps): readonly CheckFinding[] {
  return [judgeFlock(flock)];
}

/** @param path Of `flock(1)`. */
export function judgeFlock(path: string | undefined): CheckFinding {
  if (path !== undefined) return ok(`${path}: the kernel refuses a second copy of a service`);
  return warning({
    code: 'FLOCK_MISSING',
    evidence:
      'flock(1) is not installed: a second copy of a service is refused by comparing pid and start time only, and two starts at the very same moment can both pass',
    mend: 'install util-linux (apt install util-linux, brew install flock), then restart the services',
  });
}
