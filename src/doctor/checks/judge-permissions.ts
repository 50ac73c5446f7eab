import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, warning } from '../report.js';
import { count, listSome } from '../words.js';

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

export interface FileMode {
  readonly path: string;
  /** The permission bits. */
  readonly mode: number;
}

/** Group or others may do something with it. */
export function isOpen(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

/** Everybody may read it. */
export function isWorldReadable(mode: number): boolean {
  return (mode & 0o004) !== 0;
}

export function describeOpenHome({ path, mode }: FileMode, show: CheckDeps['show']): CheckFinding {
  return warning({
    code: 'PERMISSIONS_OPEN',
    subject: show(path),
    evidence: `the state folder has mode ${mode.toString(8)}, and should have ${FOLDER_MODE.toString(8)}: other users of this machine can look into it`,
    mend: `chmod ${FOLDER_MODE.toString(8)} ${show(path)}`,
    remedy: { kind: 'tighten', files: [{ path, mode: FOLDER_MODE }] },
  });
}

const WHAT = {
  secrets: 'they hold the variables of the services, which may be secret',
  databases: 'they hold what the services know',
} as const;

/** One finding for all files of a kind that are open; an error where secrets can really be reached. Pure. */
export function describeOpenFiles(
  kind: keyof typeof WHAT,
  files: readonly FileMode[],
  { isReachable, home }: { readonly isReachable: boolean; readonly home: string },
  show: CheckDeps['show'],
): readonly CheckFinding[] {
  if (files.length === 0) return [];
  const shown = files.map(({ path, mode }) => `${show(path)} (${mode.toString(8)})`);
  const report = {
    code: 'PERMISSIONS_OPEN',
    subject: kind,
    evidence: `${count(files.length, 'file')} open to other users, and ${WHAT[kind]}: ${listSome(shown)}${isReachable ? '' : '. The closed state folder still keeps them out'}`,
    mend: `chmod -R go= ${show(home)}`,
    remedy: { kind: 'tighten', files: files.map(({ path }) => ({ path, mode: FILE_MODE })) },
  } as const;
  return [kind === 'secrets' && isReachable ? error(report) : warning(report)];
}
