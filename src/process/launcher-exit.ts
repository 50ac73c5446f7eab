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

const REFUSALS: Readonly<Record<number, string>> = {
  [LAUNCHER_EXIT.folder]: 'its folder ("cwd") cannot be entered',
  [LAUNCHER_EXIT.files]: 'its lock, PID or log file cannot be written',
  [LAUNCHER_EXIT.locked]: 'another process holds its lock: a second copy is refused',
  [LAUNCHER_EXIT.stopped]: 'its launch file is not there',
};

/** Why the launcher ended with this code instead of becoming the service; `undefined` when it did not. */
export function describeRefusal(code: number | null): string | undefined {
  return code === null ? undefined : REFUSALS[code];
}

/** Whether the launcher may have ended so instead of becoming the service. */
export function isRefusal({ code }: { readonly code: number | null }): boolean {
  return describeRefusal(code) !== undefined;
}
