import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BackupIndex, type ParsedIndex, parseBackupIndex } from '../core/backup-index.js';
import { isRecord } from '../core/is-record.js';
import { unsound } from './backup-errors.js';
import { writeDurably } from './durable.js';
import { codeOf } from './error-code.js';

export const INDEX_FILE = 'index.json';

/** Writes the index with its own checksum, whole or not at all. From then on the folder is a backup. */
export function writeIndex(folder: string, index: BackupIndex): void {
  writeDurably(join(folder, INDEX_FILE), `${JSON.stringify({ ...index, sha256: digest(index) }, null, 2)}\n`);
}

/**
 * The index of a backup, checked against its own checksum. Looks at no other file.
 *
 * @throws {SigctlError} `BACKUP_NOT_FOUND`, `BACKUP_INCOMPLETE`, `BACKUP_INDEX_INVALID`, `BACKUP_TOO_NEW`.
 */
export function readIndex(folder: string): BackupIndex {
  const text = readText(folder);
  const parsed = parse(text);
  if (parsed.kind === 'index') return parsed.index;
  if (parsed.kind === 'too-new') {
    throw unsound('BACKUP_TOO_NEW', folder, `its format is version ${parsed.version}, which this sigctl does not know`);
  }
  throw unsound('BACKUP_INDEX_INVALID', folder, `its ${INDEX_FILE} is damaged: ${parsed.fault}`);
}

function readText(folder: string): string {
  try {
    return readFileSync(join(folder, INDEX_FILE), 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
  }
  if (!isFolder(folder)) throw unsound('BACKUP_NOT_FOUND', folder, 'there is no such folder');
  throw unsound('BACKUP_INCOMPLETE', folder, `it has no ${INDEX_FILE}: the backup was never finished, or this is none`);
}

function parse(text: string): ParsedIndex {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'invalid', fault: 'it is not JSON' };
  }
  if (!isRecord(value)) return { kind: 'invalid', fault: 'it is no JSON object' };
  const { sha256, ...index } = value;
  if (sha256 !== digest(index)) return { kind: 'invalid', fault: 'its checksum is wrong' };
  return parseBackupIndex(index);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Over the values in their order, so that white space does not matter. */
function digest(index: object): string {
  return createHash('sha256').update(JSON.stringify(index)).digest('hex');
}
