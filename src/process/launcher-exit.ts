/** Exit codes with which scripts/services/launch.sh ends before it becomes the service. A service may use them too. */
export const LAUNCHER_EXIT = {
  /** Its folder cannot be entered. */
  folder: 72,
  /** Its lock, PID or log file cannot be written. */
  files: 73,
  /** Another process holds its lock. */
  locked: 75,
  /** Its launch file is not there: it was stopped. */
  stopped: 78,
} as const;

const REFUSALS: readonly (number | null)[] = Object.values(LAUNCHER_EXIT);

/** Whether the launcher may have ended so instead of becoming the service. */
export function isRefusal({ code }: { readonly code: number | null }): boolean {
  return REFUSALS.includes(code);
}
