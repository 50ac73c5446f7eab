import Database from 'better-sqlite3';
import { SigctlError } from '../../errors.js';

/** What can pass without a restart: a locked, missing or damaged file, a full disk. */
const PASSING_CODES = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|CORRUPT|NOTADB|CANTOPEN|READONLY|PROTOCOL)/;

/** Why a cycle failed, if trying again can help; `undefined` for a bug, which must stop the engine. */
export function passingFault(error: unknown): string | undefined {
  if (error instanceof SigctlError) return error.message;
  if (error instanceof Database.SqliteError && PASSING_CODES.test(error.code)) return `${error.code}: ${error.message}`;
  return undefined;
}
