/** Exit codes with which scripts/services/launch.sh ends before it becomes the service. A service may use them too. */
export const LAUNCHER_EXIT = {
  /** Its folder cannot be entered. */
  folder: 72,
  /** Its lock, PID or log file cannot be written. */
  files: 73,
  /** Another process holds its lock. */
  locked: 75,
  /** Its launch file is not there: it was stopped. PM2 is not to start it again. */
  stopped: 78,
} as const;

/** The launcher gave up on the service, and PM2 is not to start it again: the gate file says why. */
export const GAVE_UP = 79;

/** What PM2 is told not to restart, besides the codes of the manifest. */
export const NOT_RESTARTED: readonly number[] = [GAVE_UP, LAUNCHER_EXIT.stopped];

const REFUSALS: readonly (number | null)[] = Object.values(LAUNCHER_EXIT);

/** Whether the launcher may have ended so instead of becoming the service. */
export function isRefusal({ code }: { readonly code: number | null }): boolean {
  return REFUSALS.includes(code);
}
