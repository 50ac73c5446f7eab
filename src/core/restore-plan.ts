import type { BackupIndex } from './backup-index.js';

/** Why a sound backup must not be restored here. */
export type RestoreRefusal =
  | { readonly kind: 'other-stack'; readonly found: string; readonly wanted: string }
  | { readonly kind: 'newer-database'; readonly name: string; readonly version: number; readonly known: number };

/** What this sigctl may restore. */
export interface RestoreLimits {
  readonly stack: string;
  /** Newest `user_version` that this sigctl knows, by database. Databases of other programs are not in it. */
  readonly knownVersions: Readonly<Record<string, number>>;
}

/** The first reason against restoring a backup, if there is one. Pure. */
export function findRefusal(
  index: Pick<BackupIndex, 'stack' | 'databases'>,
  { stack, knownVersions }: RestoreLimits,
): RestoreRefusal | undefined {
  if (index.stack !== stack) return { kind: 'other-stack', found: index.stack, wanted: stack };
  for (const { name, userVersion } of index.databases) {
    const known = Object.hasOwn(knownVersions, name) ? knownVersions[name] : undefined;
    if (known !== undefined && userVersion > known)
      return { kind: 'newer-database', name, version: userVersion, known };
  }
  return undefined;
}

/** What a restore does to the databases of a stack. The three lists are disjoint. */
export interface RestorePlan {
  /** Absolute folder of the backup. */
  readonly backup: string;
  readonly asOf: string;
  readonly sigctlVersion: string;
  readonly replace: readonly PlannedFile[];
  /** In the backup, and not here now. */
  readonly create: readonly PlannedFile[];
  /** Here, and not in the backup: left as they are. */
  readonly keep: readonly string[];
  /** The manifest of now is not the one in the backup. It is not replaced. */
  readonly manifestDiffers: boolean;
}

export interface PlannedFile {
  readonly name: string;
  readonly bytes: number;
}

/** @param live The databases that exist now, by name. */
export function planRestore(
  backup: string,
  index: BackupIndex,
  live: readonly string[],
  manifestDiffers: boolean,
): RestorePlan {
  const files = index.databases.map(({ name, bytes }) => ({ name, bytes }));
  const { asOf, sigctlVersion } = index;
  return {
    backup,
    asOf,
    sigctlVersion,
    replace: files.filter(({ name }) => live.includes(name)),
    create: files.filter(({ name }) => !live.includes(name)),
    keep: live.filter((name) => !files.some((file) => file.name === name)),
    manifestDiffers,
  };
}
