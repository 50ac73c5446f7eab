import { readExits } from '../../process/exit-journal.js';
import { DAEMON_KEY, exitJournalPath, launchPath } from '../../process/home.js';
import { readLaunchEnv } from '../../process/launch-env.js';
import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, notChecked, ok, warning } from '../report.js';
import { count } from '../words.js';

/** Whether PM2's daemon notes how processes end: without that nobody knows a code from a signal. */
export function checkExitJournal({ paths, facts, show }: CheckDeps): readonly CheckFinding[] {
  const pid = facts.daemonPid();
  if (pid === undefined) return [notChecked("PM2's daemon does not run")];
  const journal = readLaunchEnv(launchPath(paths, DAEMON_KEY))['SIGCTL_EXIT_JOURNAL'];
  return [judgeExitJournal(pid, journal, readExits(paths).exits.length, show(exitJournalPath(paths)))];
}

/** Pure. @param journal Where the daemon was told to note exits; `undefined`: nowhere. */
export function judgeExitJournal(
  daemonPid: number,
  journal: string | undefined,
  exits: number,
  shown: string,
): CheckFinding {
  if (journal !== undefined)
    return ok(`PM2's daemon (pid ${daemonPid}) notes exits in ${shown}; ${count(exits, 'exit')} on record`);
  return warning({
    code: 'EXIT_JOURNAL_OFF',
    subject: `pid ${daemonPid}`,
    evidence: `PM2's daemon (pid ${daemonPid}) was started without the exit journal, by an earlier sigctl: how a process ends is not known, and exit rules do not hold`,
    mend: 'sigctl stop && sigctl start',
  });
}
