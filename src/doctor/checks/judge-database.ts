import { assertNever } from '../../core/assert-never.js';
import type { DatabaseReading } from '../../store/inspect-database.js';
import { type CheckFinding, error, info, warning } from '../report.js';
import { describeProcess } from '../words.js';

/** What was seen of one database file. */
export interface DatabaseSituation {
  /** As it is shown, and typed. */
  readonly path: string;
  /** The state folder, `.sigctl`. */
  readonly folder: string;
  readonly size: string;
  readonly reading: DatabaseReading;
  /** The newest version that this sigctl knows of `status.db`; `undefined` for a service's own database. */
  readonly latestVersion: number | undefined;
  /** Processes that have it open. */
  readonly holders: readonly { readonly pid: number; readonly command: string }[];
}

/** What the command cannot do, or does besides. */
const AFTERWARDS = {
  status: 'A new one is made by the next command; sigctl restore brings that of a backup back',
  own: 'sigctl restore brings that of a backup back; without one, stop its service, move it away, and try "sqlite3 <file> .recover"',
} as const;

function kindOf({ latestVersion }: DatabaseSituation): keyof typeof AFTERWARDS {
  return latestVersion === undefined ? 'own' : 'status';
}

/** Pure. */
export function judgeDatabase(situation: DatabaseSituation): readonly CheckFinding[] {
  const { path, size, reading } = situation;
  switch (reading.kind) {
    case 'sound':
      return judgeSound(situation, reading);
    case 'broken': {
      const evidence = `is damaged (${size}): ${reading.problems.join('; ')}${openIn(situation)}. ${AFTERWARDS[kindOf(situation)]}`;
      return [error({ code: 'DATABASE_BROKEN', subject: path, evidence, mend: replaceCommand(situation) })];
    }
    case 'empty':
      return [judgeEmpty(situation)];
    case 'locked': {
      const evidence = `stays locked by another process (${reading.detail})${openIn(situation)}`;
      return [
        error({ code: 'DATABASE_LOCKED', subject: path, evidence, mend: `fuser -v ${path} names who has it open` }),
      ];
    }
    case 'unfinished': {
      const evidence = 'holds a transaction that was cut off when its writer was killed: the next one takes it back';
      return [info({ code: 'DATABASE_NOT_CHECKED', subject: path, evidence })];
    }
    case 'unreadable': {
      const evidence = `cannot be read (${size}): ${reading.detail}`;
      return [error({ code: 'DATABASE_UNREADABLE', subject: path, evidence, mend: `ls -l ${path}` })];
    }
    default:
      return assertNever(reading, 'reading of a database');
  }
}

function judgeSound(
  { path, size, latestVersion }: DatabaseSituation,
  { version, depth }: Extract<DatabaseReading, { kind: 'sound' }>,
): readonly CheckFinding[] {
  if (latestVersion !== undefined && version > latestVersion) {
    const evidence = `its version is ${version}, and this sigctl knows ${latestVersion}: a newer sigctl wrote it`;
    return [
      error({
        code: 'DATABASE_TOO_NEW',
        subject: path,
        evidence,
        mend: 'use the sigctl that wrote it, or a newer one',
      }),
    ];
  }
  if (depth !== 'none') return [];
  const evidence = `was only opened, not checked: ${size} would take longer than this command should`;
  return [
    info({
      code: 'DATABASE_NOT_CHECKED',
      subject: path,
      evidence,
      mend: `sqlite3 -readonly ${path} 'PRAGMA quick_check'`,
    }),
  ];
}

/** A service's own may be about to be filled; the status table is filled as it is made. */
function judgeEmpty(situation: DatabaseSituation): CheckFinding {
  const { path, latestVersion } = situation;
  const report = { code: 'DATABASE_EMPTY', subject: path, mend: replaceCommand(situation) } as const;
  if (latestVersion === undefined)
    return warning({ ...report, evidence: `has 0 bytes: nothing is in it${openIn(situation)}` });
  return error({
    ...report,
    evidence: `has 0 bytes: what should run, and what happened, is forgotten${openIn(situation)}`,
  });
}

/** All three files of a database belong together: the log of one must not meet the main file of another. */
function replaceCommand({ path, folder, latestVersion }: DatabaseSituation): string {
  const moveAway = `mkdir -p ${folder}/broken && mv ${path}* ${folder}/broken/`;
  if (latestVersion !== undefined) return `${moveAway} && sigctl restart`;
  return moveAway;
}

function openIn({ holders }: DatabaseSituation): string {
  if (holders.length === 0) return '';
  return `; open in ${holders.map(({ pid, command }) => describeProcess(pid, command)).join(', ')}`;
}
