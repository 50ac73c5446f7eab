import { isRecord } from './is-record.js';

/** Version of `index.json`. It rises when an older sigctl could no longer restore what a newer one wrote. */
export const BACKUP_SCHEMA_VERSION = 1;

/** One file of a backup. */
export interface BackedUpFile {
  /** Path in the backup's folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** Hex, of the whole file. */
  readonly sha256: string;
}

/** The copy of one database. Its name is also its path in `.sigctl`: `status.db`, `data/market.db`. */
export interface DatabaseCopy extends BackedUpFile {
  readonly userVersion: number;
  /** The original was in WAL mode. The copy is not, so that it can be read where nothing can be written. */
  readonly wal: boolean;
  /** Rows of each table; `null` for a database too large to count. */
  readonly tables: readonly TableRows[] | null;
}

export interface TableRows {
  readonly table: string;
  readonly rows: number;
}

/** What `index.json` of a backup says. It is written last: without it there is no backup. */
export interface BackupIndex {
  readonly schemaVersion: number;
  readonly sigctlVersion: string;
  readonly stack: string;
  /** The mode in force; `null` when none was ever chosen. */
  readonly mode: string | null;
  /** Every write that was acknowledged before this instant is in the copies. ISO 8601. */
  readonly asOf: string;
  readonly manifest: BackedUpFile;
  readonly databases: readonly DatabaseCopy[];
}

export type ParsedIndex =
  | { readonly kind: 'index'; readonly index: BackupIndex }
  | { readonly kind: 'too-new'; readonly version: number }
  | { readonly kind: 'invalid'; readonly fault: string };

/** Reads an untrusted `index.json`. No name in the result leads out of the backup, or out of `.sigctl` for a database. */
export function parseBackupIndex(value: unknown): ParsedIndex {
  if (!isRecord(value)) return invalid('it is no JSON object');
  const version = value['schemaVersion'];
  if (typeof version !== 'number') return invalid('it has no schemaVersion');
  if (version > BACKUP_SCHEMA_VERSION) return { kind: 'too-new', version };
  const { sigctlVersion, stack, mode, asOf, manifest, databases } = value;
  if (typeof sigctlVersion !== 'string') return invalid('sigctlVersion is no text');
  if (typeof stack !== 'string') return invalid('stack is no text');
  if (mode !== null && typeof mode !== 'string') return invalid('mode is neither text nor null');
  if (typeof asOf !== 'string' || Number.isNaN(Date.parse(asOf))) return invalid('asOf is no instant');
  if (!isFile(manifest) || !isManifestName(manifest.name)) return invalid('manifest is no file of a backup');
  if (!Array.isArray(databases) || databases.length === 0) return invalid('databases is no list');
  if (!databases.every(isDatabase)) return invalid('databases has an entry that is none');
  if (new Set(databases.map(({ name }) => name)).size < databases.length) return invalid('a database is listed twice');
  return { kind: 'index', index: { schemaVersion: version, sigctlVersion, stack, mode, asOf, manifest, databases } };
}

/** `status.db`, or a database directly in `data/`. */
export function isDatabaseName(name: string): boolean {
  return name === 'status.db' || /^data\/[^/\\\0]+\.db$/.test(name);
}

function invalid(fault: string): ParsedIndex {
  return { kind: 'invalid', fault };
}

function isManifestName(name: string): boolean {
  return /^manifest\/[^/\\\0]+$/.test(name) && !/^manifest\/\.{1,2}$/.test(name);
}

function isFile(value: unknown): value is BackedUpFile {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    isCount(value['bytes']) &&
    typeof value['sha256'] === 'string' &&
    /^[0-9a-f]{64}$/.test(value['sha256'])
  );
}

function isDatabase(value: unknown): value is DatabaseCopy {
  if (!isRecord(value) || !isFile(value) || !isDatabaseName(value.name)) return false;
  const { userVersion, wal, tables } = value;
  if (!Number.isSafeInteger(userVersion) || typeof wal !== 'boolean') return false;
  return tables === null || (Array.isArray(tables) && tables.every(isTableRows));
}

function isTableRows(value: unknown): value is TableRows {
  return isRecord(value) && typeof value['table'] === 'string' && isCount(value['rows']);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
