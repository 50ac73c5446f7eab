import type { RestoreRefusal } from '../core/restore-plan.js';
import { EXIT, type ExitCode, SigctlError } from '../errors.js';
import { codeOf } from './error-code.js';

/** Turns what stopped a backup into a refusal that names the cause; a `SigctlError` stays as it is. */
export function backupFailure(folder: string, error: unknown): SigctlError {
  if (error instanceof SigctlError) return error;
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return refusal(`Cannot back up to "${folder}": the disk is full`, {
      code: 'BACKUP_DISK_FULL',
      hint: 'Free some space, or choose another disk: sigctl backup --to <dir>',
      cause: error,
    });
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG', 'ELOOP'].includes(code)) {
    return refusal(`Cannot back up to "${folder}": ${detail}`, {
      code: 'BACKUP_TARGET_NOT_WRITABLE',
      hint: 'Choose a folder that you may write to: sigctl backup --to <dir>',
      cause: error,
    });
  }
  return refusal(`Cannot back up to "${folder}": ${detail}`, {
    code: 'BACKUP_FAILED',
    hint: 'Nothing was left behind. Look at the databases: sigctl doctor',
    cause: error,
  });
}

export function backupInterrupted(): SigctlError {
  return refusal('Cannot finish the backup: it was interrupted', {
    code: 'BACKUP_INTERRUPTED',
    hint: 'Nothing was left behind, and the services were not touched. To begin anew: sigctl backup',
  });
}

export function targetInsideState(folder: string, home: string): SigctlError {
  return refusal(`Cannot back up to "${folder}": it is inside "${home}", the state that is to be backed up`, {
    code: 'BACKUP_TARGET_INVALID',
    hint: 'Choose another folder, best on another disk: sigctl backup --to <dir>',
    exitCode: EXIT.usage,
  });
}

export function nothingToBackUp(home: string): SigctlError {
  return refusal(`Cannot back up "${home}": there is no database yet`, {
    code: 'BACKUP_NOTHING',
    hint: 'Start the services first: sigctl start',
  });
}

/** A live database cannot be copied, or its copy fails the check of SQLite. */
export function sourceDamaged(path: string, detail: string, cause?: unknown): SigctlError {
  return refusal(`Cannot back up "${path}": ${detail}`, {
    code: 'DATABASE_BROKEN',
    hint: 'An older backup may be sound: sigctl restore <backup>',
    exitCode: EXIT.environment,
    cause,
  });
}

/** One of the reasons why a backup is not restored. Each code stands for one of them. */
export function unsound(
  code:
    | 'BACKUP_NOT_FOUND'
    | 'BACKUP_INCOMPLETE'
    | 'BACKUP_INDEX_INVALID'
    | 'BACKUP_TOO_NEW'
    | 'BACKUP_FILE_MISSING'
    | 'BACKUP_FILE_TRUNCATED'
    | 'BACKUP_FILE_CORRUPT'
    | 'BACKUP_DATABASE_BROKEN',
  folder: string,
  detail: string,
): SigctlError {
  const isTooNew = code === 'BACKUP_TOO_NEW';
  return refusal(`Cannot restore "${folder}": ${detail}`, {
    code,
    hint: isTooNew
      ? 'Use the sigctl that wrote it, or a newer one'
      : 'Nothing was changed. Choose another backup: sigctl restore <backup> --dry-run',
    exitCode: code === 'BACKUP_NOT_FOUND' ? EXIT.usage : EXIT.failed,
  });
}

/** A sound backup that does not belong here. */
export function refuseRestore(folder: string, reason: RestoreRefusal): SigctlError {
  if (reason.kind === 'other-stack') {
    return refusal(`Cannot restore "${folder}": it is of stack "${reason.found}", and this is "${reason.wanted}"`, {
      code: 'BACKUP_OTHER_STACK',
      hint: `Nothing was changed. Run it in the project of "${reason.found}", or choose a backup of "${reason.wanted}"`,
      exitCode: EXIT.usage,
    });
  }
  const { name, version, known } = reason;
  return refusal(`Cannot restore "${folder}": "${name}" has version ${version}, and this sigctl knows ${known}`, {
    code: 'BACKUP_TOO_NEW',
    hint: 'Nothing was changed. Use the sigctl that wrote it, or a newer one',
    exitCode: EXIT.failed,
  });
}

/**
 * A restore that failed, told with what it left. The code of a `SigctlError` stays.
 *
 * @param state `nothing was changed`, `the state from before stands`.
 */
export function restoreFailed(folder: string, error: unknown, state: string): SigctlError {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof SigctlError) {
    const { code, exitCode } = error;
    const message = detail.startsWith('Cannot restore') ? detail : `Cannot restore "${folder}": ${detail}`;
    return refusal(`${message} (${state})`, { code, hint: error.hint, exitCode, cause: error });
  }
  const isFull = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(codeOf(error));
  return refusal(`Cannot restore "${folder}": ${isFull ? 'the disk is full' : detail} (${state})`, {
    code: isFull ? 'RESTORE_DISK_FULL' : 'RESTORE_FAILED',
    hint: isFull
      ? 'A restore needs the size of the backup once more beside the live databases: free some space'
      : 'sigctl doctor',
    cause: error,
  });
}

/** The worst case: the new files are not whole in place, and the old ones could not be brought back. */
export function undoFailed(folder: string, error: unknown, fault: unknown): SigctlError {
  const text = (value: unknown): string => (value instanceof Error ? value.message : String(value));
  return refusal(`Cannot restore "${folder}": ${text(error)}; and cannot bring the old files back: ${text(fault)}`, {
    code: 'RESTORE_UNFINISHED',
    hint: 'Mend what the last message names, and then: sigctl restore --undo',
    exitCode: EXIT.environment,
    cause: fault,
  });
}

function refusal(
  message: string,
  options: { readonly code: string; readonly hint: string; readonly exitCode?: ExitCode; readonly cause?: unknown },
): SigctlError {
  return new SigctlError(message, { exitCode: EXIT.failed, ...options });
}
