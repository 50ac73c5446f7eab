import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, ok } from '../report.js';
import { atLeast } from '../version.js';

/** The node that runs sigctl, and with it the services, against the oldest that sigctl supports. */
export function checkNodeVersion({ versions }: CheckDeps): readonly CheckFinding[] {
  return [judgeNodeVersion(versions.node, versions.nodeRange)];
}

/** @param range `>=20.19`, as package.json has it. */
export function judgeNodeVersion(version: string, range: string): CheckFinding {
  const floor = range.replace(/^>=\s*/, '');
  if (atLeast(version, floor)) return ok(`node ${version}, needed ${floor} or newer`);
  return error({
    code: 'NODE_VERSION',
    evidence: `node is ${version}, and sigctl needs ${floor} or newer`,
    mend: `install node ${floor} or newer`,
  });
}
