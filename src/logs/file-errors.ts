import { EXIT, SigctlError } from '../errors.js';

/** Whether a file or its folder does not exist: for a log an ordinary state, not a failure. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

/** @returns LOG_UNREADABLE for a log that exists and cannot be opened. */
export function logUnreadable(path: string, cause: unknown): SigctlError {
  const why = codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new SigctlError(`Cannot read log "${path}": ${why}`, {
    code: 'LOG_UNREADABLE',
    hint: `Look at its owner and mode: ls -l ${path}`,
    exitCode: EXIT.environment,
    cause,
  });
}

/** Node's error code (`ENOENT`, `EACCES`, `Z_BUF_ERROR`, …), where there is one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
