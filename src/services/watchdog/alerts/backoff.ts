const FIRST_MS = 1_000;
/** A network that comes back is noticed within five minutes. */
const MAX_MS = 5 * 60_000;

/** How long to wait after so many attempts: doubling, capped, and jittered by half, so that channels do not move in step. */
export function backoffMs(attempts: number, random: () => number): number {
  const fullMs = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(30, Math.max(0, attempts - 1)));
  return Math.round(fullMs * (0.5 + random() / 2));
}
