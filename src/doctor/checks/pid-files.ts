import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitRulesOf, isFinal } from '../../core/exit-rules.js';
import type { ObservedInstance } from '../../observe/observe-processes.js';
import { DAEMON_KEY, lockPath } from '../../process/home.js';
import { readLaunchRecord } from '../../process/launch-record.js';
import { readBootId, readCommandLine, readProcStat } from '../../process/proc-stat.js';
import type { CheckDeps } from '../check-deps.js';
import { listFolder } from '../list-folder.js';
import { type CheckFinding, info, ok, warning } from '../report.js';
import { count, describeProcess } from '../words.js';

/** What a PID file says, against what lives. */
export interface PidFileSituation {
  readonly key: string;
  readonly path: string;
  readonly lock: string;
  readonly content: string;
  /** The process of that number, when one lives, and whether it is the one that the launcher started. */
  readonly live: { readonly command: string; readonly isOurs: boolean } | undefined;
  /** It should run. */
  readonly wanted: boolean;
  /** PM2 is about to start it again, which writes the file anew. */
  readonly isComingBack: boolean;
}

/** PID files that name no process, or a stranger: `kill $(cat …)` would hit nobody, or the wrong one. */
export function checkPidFiles(deps: CheckDeps): readonly CheckFinding[] {
  const situations = readPidFiles(deps);
  const found = situations.flatMap((situation) => judgePidFile(situation, deps.show(situation.path)));
  return found.length > 0 ? found : [ok(`${count(situations.length, 'PID file')}, each names its process`)];
}

function readPidFiles({ paths, facts }: CheckDeps): readonly PidFileSituation[] {
  return listFolder(paths.run)
    .filter((file) => file.endsWith('.pid'))
    .map((file) => {
      const key = file.slice(0, -'.pid'.length);
      const path = join(paths.run, file);
      const lock = lockPath(paths, key);
      const content = readFileSync(path, 'utf8');
      const instance = facts.instances().find((candidate) => candidate.key === key);
      const wanted = isWanted(key, instance?.spec.name, facts.wanted());
      const isComingBack = wanted && facts.daemonPid() !== undefined && instance !== undefined && comesBack(instance);
      return { key, path, lock, content, live: findLive(content, lock), wanted, isComingBack };
    });
}

/** Whether PM2 starts it again by itself: not after the breaker opened, nor after an exit code that is final. */
function comesBack({ spec, process }: ObservedInstance): boolean {
  if (process.kind !== 'none') return spec.autorestart;
  const { lastExit, breakerOpen } = process;
  return spec.autorestart && !breakerOpen && !(lastExit !== null && isFinal(lastExit, exitRulesOf(spec)));
}

/** PM2's daemon is wanted as long as any service is. */
function isWanted(key: string, service: string | undefined, wanted: ReadonlySet<string>): boolean {
  if (key === DAEMON_KEY) return wanted.size > 0;
  return service !== undefined && wanted.has(service);
}

/** Whether the process is the launcher's is told by its start time, and by the boot: numbers are given out again. */
export function findLive(content: string, lock: string): PidFileSituation['live'] {
  const pid = readNumber(content);
  const stat = pid === undefined ? undefined : readProcStat(pid);
  if (stat === undefined) return undefined;
  const record = readLaunchRecord(lock);
  const isOurs =
    record?.identity.pid === stat.pid &&
    record.identity.startToken === stat.startToken &&
    record.bootId === readBootId();
  return { command: readCommandLine(stat.pid), isOurs };
}

function readNumber(content: string): number | undefined {
  return /^\d{1,10}$/.test(content.trim()) ? Number(content) : undefined;
}

/** Pure. After an orderly stop the file of a dead process is no trouble; a stranger's number always is. */
export function judgePidFile(situation: PidFileSituation, shown: string): readonly CheckFinding[] {
  const { key, live, content, path, lock, isComingBack } = situation;
  if (live?.isOurs === true) return [];
  const report = {
    code: 'STALE_PID_FILE',
    subject: key,
    evidence: `${shown} ${describeContent(content, live?.command)}${isComingBack ? '; PM2 is about to start it again, which writes the file anew' : ''}`,
    mend: `rm ${shown}`,
    ...(isComingBack ? {} : { remedy: { kind: 'remove-pid-file', path, lock, content } as const }),
  } as const;
  const isHarmless = live === undefined && !situation.wanted;
  return [isHarmless ? info(report) : warning(report)];
}

function describeContent(content: string, stranger: string | undefined): string {
  const pid = readNumber(content);
  if (pid === undefined) return content.trim() === '' ? 'is empty' : 'holds no process number';
  if (stranger === undefined) return `names pid ${pid}, which does not live`;
  return `names ${describeProcess(pid, stranger)}, which is not this service: kill $(cat …) would hit a stranger`;
}
