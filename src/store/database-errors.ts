import BetterSqlite3 from 'better-sqlite3';
import { EXIT, SigctlError } from '../errors.js';
import { isCutOff } from './database-header.js';
import { driverMissing } from './driver-missing.js';

/** @returns Whether SQLite refused because another connection holds a lock: worth another try. */
export function isBusy(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(error.code);
}

/** A newer sigctl has migrated this database: nothing here may guess at its tables. */
export function databaseTooNew(path: string, version: number, known: number): SigctlError {
  return new SigctlError(`Cannot use "${path}": its version is ${version}, and this sigctl knows ${known}`, {
    code: 'DATABASE_TOO_NEW',
    hint: 'Use the sigctl that wrote it, or a newer one',
    exitCode: EXIT.environment,
  });
}

/** The database was never opened for writing by this version, and a read-only connection cannot migrate it. */
export function databaseTooOld(path: string, version: number, known: number): SigctlError {
  return new SigctlError(`Cannot read "${path}": its version is ${version}, and this sigctl needs ${known}`, {
    code: 'DATABASE_TOO_OLD',
    hint: 'sigctl status brings it up to date; then try again',
    exitCode: EXIT.environment,
  });
}

/**
 * Turns what SQLite threw on opening into `DATABASE_LOCKED`, `DATABASE_BROKEN` or, where SQLite itself cannot be loaded,
 * `DATABASE_DRIVER_MISSING` (exit 4); a `SigctlError` stays as it is.
 */
export function openFailure(path: string, error: unknown): SigctlError {
  if (error instanceof SigctlError) return error;
  const withoutDriver = driverMissing(error);
  if (withoutDriver !== undefined) return withoutDriver;
  const detail = error instanceof Error ? error.message : String(error);
  if (isCutOff(path)) {
    return new SigctlError(`Cannot open "${path}": it is no database, or was cut off (${detail})`, {
      code: 'DATABASE_BROKEN',
      hint: 'sigctl restore brings that of a backup back; "sigctl doctor" says how to begin with a new one',
      exitCode: EXIT.environment,
      cause: error,
    });
  }
  if (isBusy(error)) {
    return new SigctlError(`Cannot open "${path}": another process keeps it locked (${detail})`, {
      code: 'DATABASE_LOCKED',
      hint: 'sigctl doctor names the process that has it open',
      exitCode: EXIT.environment,
      cause: error,
    });
  }
  return new SigctlError(`Cannot open "${path}": ${detail}`, {
    code: 'DATABASE_BROKEN',
    hint: 'sigctl doctor looks at the folder, its permissions and the disk; else move the file away, and a new one is made',
    exitCode: EXIT.environment,
    cause: error,
  });
}
