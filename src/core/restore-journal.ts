import { isDatabaseName } from './backup-index.js';
import { isRecord } from './is-record.js';

/** Files that belong to a database and are worthless, or harmful, beside another one. The database itself has suffix ''. */
export const DATABASE_SUFFIXES = ['', '-wal', '-shm', '-journal'] as const;

const PHASES = ['stopping', 'replacing', 'placed'] as const;

/**
 * How far a restore got. `stopping`: no file was touched. `replacing`: old and new files may be mixed, nothing may open them.
 * `placed`: every database is restored; the old ones still lie aside.
 */
export type RestorePhase = (typeof PHASES)[number];

/** One file of a database as it was when every service had stopped. */
export interface JournaledFile {
  /** From `.sigctl`: `data/market.db-wal`. */
  readonly name: string;
  readonly existed: boolean;
}

/** Written before each step of a restore, so that one that is killed can be undone. */
export interface RestoreJournal {
  readonly schemaVersion: 1;
  readonly phase: RestorePhase;
  /** Folder of the backup. */
  readonly backup: string;
  readonly startedAtMs: number;
  /** Services to start again, whatever happens. */
  readonly services: readonly string[];
  readonly files: readonly JournaledFile[];
}

export type UndoStep =
  | { readonly kind: 'bring-back'; readonly name: string }
  /** It did not exist before: what lies there is new. */
  | { readonly kind: 'remove'; readonly name: string }
  /** It was never moved, or was brought back already. */
  | { readonly kind: 'leave'; readonly name: string };

/** How to get the old files back. Pure, and right after any number of undos that were cut short. */
export function planUndo(files: readonly JournaledFile[], isAside: (name: string) => boolean): readonly UndoStep[] {
  return files.map(({ name, existed }) => {
    if (!existed) return { kind: 'remove', name };
    return { kind: isAside(name) ? 'bring-back' : 'leave', name };
  });
}

/** Reads an untrusted `journal.json`; `undefined` when it is none. No name in it leads out of `.sigctl`. */
export function parseRestoreJournal(value: unknown): RestoreJournal | undefined {
  if (!isRecord(value) || value['schemaVersion'] !== 1) return undefined;
  const { backup, startedAtMs, services, files } = value;
  const phase = PHASES.find((known) => known === value['phase']);
  if (phase === undefined || typeof backup !== 'string' || typeof startedAtMs !== 'number') return undefined;
  if (!Array.isArray(services) || !services.every((service) => typeof service === 'string')) return undefined;
  if (!Array.isArray(files) || !files.every(isJournaledFile)) return undefined;
  return { schemaVersion: 1, phase, backup, startedAtMs, services, files };
}

function isJournaledFile(value: unknown): value is JournaledFile {
  if (!isRecord(value) || typeof value['existed'] !== 'boolean') return false;
  const { name } = value;
  if (typeof name !== 'string') return false;
  return DATABASE_SUFFIXES.some(
    (suffix) => name.endsWith(suffix) && isDatabaseName(name.slice(0, name.length - suffix.length)),
  );
}
