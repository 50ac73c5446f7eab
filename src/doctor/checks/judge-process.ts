import { type CheckFinding, error, warning } from '../report.js';
import { describeProcess } from '../words.js';

/** A process that has a lock file open. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/** What was seen of one process of a service. */
export interface ProcessSituation {
  readonly service: string;
  readonly key: string;
  readonly wanted: boolean;
  /** The process that the launcher recorded, while it lives. */
  readonly main: Holder | undefined;
  /** It lives, and is no child of PM2's daemon. */
  readonly isOrphan: boolean;
  /** Processes with its lock file open that are not below it. */
  readonly others: readonly Holder[];
}

/** Orphaned, doubled, or survived by others. Pure. */
export function judgeProcess(situation: ProcessSituation): readonly CheckFinding[] {
  const { main, others } = situation;
  const copies = others.filter(({ command }) => main !== undefined && command !== '' && command === main.command);
  const leftovers = others.filter((other) => !copies.includes(other));
  return [
    ...(copies.length > 0 ? [duplicate(situation, copies)] : []),
    ...(leftovers.length > 0 ? [leftover(situation, leftovers)] : []),
    ...(situation.isOrphan && main !== undefined ? [orphan(situation, main)] : []),
  ];
}

function duplicate({ service, key, main }: ProcessSituation, copies: readonly Holder[]): CheckFinding {
  return error({
    code: 'DUPLICATE',
    subject: key,
    evidence: `runs more than once: pid ${main?.pid ?? 0} is the one on record, and ${listHolders(copies)} runs the same command with its lock file open`,
    mend: `sigctl restart ${service}`,
  });
}

function leftover({ service, key, main, wanted }: ProcessSituation, holders: readonly Holder[]): CheckFinding {
  const who = listHolders(holders);
  const holds = holders.length === 1 ? 'holds' : 'hold';
  return warning({
    code: 'LEFTOVER_PROCESS',
    subject: key,
    evidence:
      main === undefined
        ? `its process is gone, and ${who} of it still ${holds} its lock: PM2 cannot start it again by itself`
        : `${who} ${holds} its lock and ${holders.length === 1 ? 'is' : 'are'} not below its process (pid ${main.pid}): its memory and its end are not seen`,
    mend: `sigctl ${wanted ? 'restart' : 'stop'} ${service}`,
  });
}

function orphan({ service, key, wanted }: ProcessSituation, { pid }: Holder): CheckFinding {
  return warning({
    code: 'ORPHAN',
    subject: key,
    evidence: `pid ${pid} works, but not under PM2: if it ends, nobody restarts it`,
    mend: `sigctl ${wanted ? 'restart' : 'stop'} ${service}`,
  });
}

/** The state folder was deleted under a running service. Pure. */
export function lockDeleted(key: string, holders: readonly Holder[]): CheckFinding {
  const pids = holders.map(({ pid }) => pid).join(' ');
  return error({
    code: 'LOCK_DELETED',
    subject: key,
    evidence: `${listHolders(holders)} holds a lock file that was deleted: sigctl cannot see it, and a second copy could start`,
    mend: `kill ${pids}, before the next sigctl start`,
  });
}

function listHolders(holders: readonly Holder[]): string {
  return holders.map(({ pid, command }) => describeProcess(pid, command)).join(' and ');
}
