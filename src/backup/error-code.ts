/** `ENOSPC`, `SQLITE_FULL`, …; '' for an error without a code. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return String(error.code);
}
