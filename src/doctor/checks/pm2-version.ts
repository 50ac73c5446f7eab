import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, ok, warning } from '../report.js';
import { withinCaret } from '../version.js';

/** The installed PM2 against the version that sigctl was made for. */
export function checkPm2Version({ versions }: CheckDeps): readonly CheckFinding[] {
  return [judgePm2Version(versions.pm2, versions.pm2Range)];
}

/** @param range `^7.0.4`, as package.json has it. */
export function judgePm2Version(version: string | undefined, range: string): CheckFinding {
  const mend = `npm install "pm2@${range}" in the folder of sigctl`;
  if (version === undefined) {
    return error({ code: 'PM2_VERSION', evidence: `PM2 is not installed beside sigctl, which needs ${range}`, mend });
  }
  if (withinCaret(version, range)) return ok(`PM2 ${version}, needed ${range}`);
  return warning({
    code: 'PM2_VERSION',
    evidence: `PM2 is ${version}, and sigctl was made for ${range}: it speaks to its daemon directly, which may differ`,
    mend,
  });
}
