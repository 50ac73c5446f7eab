import { readOpenFileLimit } from '../../process/open-file-limit.js';
import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, ok, warning } from '../report.js';
import { count } from '../words.js';

/** PM2's daemon alone, measured at 30. */
const DAEMON_FILES = 50;
/** Pipes, sockets and logs that the daemon keeps for one process. */
const FILES_PER_PROCESS = 10;
/** What Linux gives by default, and servers are written for. */
const USUAL = 1_024;

/** The limit of open files that services inherit: from PM2's daemon, else from this shell. */
export function checkOpenFiles({ facts }: CheckDeps): readonly CheckFinding[] {
  const daemonPid = facts.daemonPid();
  const limits = [
    { whose: 'this shell', limit: readOpenFileLimit('self') },
    ...(daemonPid === undefined
      ? []
      : [{ whose: `PM2's daemon (pid ${daemonPid})`, limit: readOpenFileLimit(daemonPid) }]),
  ];
  const findings = limits.flatMap(({ whose, limit }) => judgeOpenFiles(whose, limit, facts.instances().length));
  if (findings.length > 0) return findings;
  return [ok(limits.map(({ whose, limit }) => `${whose}: ${limit ?? 'unlimited'}`).join('; '))];
}

/** Pure. @param limit `undefined`: unlimited, or unknown. */
export function judgeOpenFiles(whose: string, limit: number | undefined, processes: number): readonly CheckFinding[] {
  const needed = DAEMON_FILES + processes * FILES_PER_PROCESS;
  if (limit === undefined || limit >= Math.max(USUAL, needed)) return [];
  const report = {
    code: 'OPEN_FILES_LOW',
    subject: whose,
    evidence: `at most ${limit} open files, which services inherit; ${count(processes, 'process', 'processes')} under PM2 need ${needed}, and ${USUAL} is usual`,
    mend: 'ulimit -n 65536, then sigctl stop && sigctl start (for good: LimitNOFILE= of the unit, or limits.conf)',
  } as const;
  return [limit < needed ? error(report) : warning(report)];
}
