import type { Finding, FixOutcome } from '../../core/finding.js';
import { SigctlError } from '../../errors.js';
import { identify } from '../../process/identity.js';
import { driverMissing } from '../../store/driver-missing.js';
import { acquireStackLock } from '../../store/stack-lock.js';
import { applyRemedy } from './apply-remedy.js';
import type { FixDeps } from './fix-deps.js';

export interface FixRequest {
  /** Folder of the stack's lock, `.sigctl/run`. */
  readonly folder: string;
  readonly pid: number;
  /** How long to wait for another command. */
  readonly waitMs: number;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Does what is safe, under the stack's lock, and says of each finding with a remedy what became of it. Without any it
 * touches nothing. Ends no process, and never throws for a lock that cannot be had: then all is left.
 */
export async function applyRemedies(
  findings: readonly Finding[],
  deps: FixDeps,
  request: FixRequest,
): Promise<readonly FixOutcome[]> {
  const mendable = findings.filter(({ remedy }) => remedy !== null);
  if (mendable.length === 0) return [];
  const lock = await tryLock(request);
  if (typeof lock === 'string') {
    return mendable.map(({ code, subject }) => ({ kind: 'left', code, subject, detail: lock }));
  }
  try {
    const outcomes: FixOutcome[] = [];
    for (const finding of mendable) {
      if (finding.remedy !== null) outcomes.push(await applyRemedy(finding, finding.remedy, deps));
    }
    return outcomes;
  } finally {
    lock();
  }
}

/** How to release the lock, or in words why it cannot be had. */
async function tryLock({ folder, pid, waitMs, note, signal }: FixRequest): Promise<(() => void) | string> {
  try {
    return await acquireStackLock({
      folder,
      holder: { pid, startToken: identify(pid)?.startToken, command: 'doctor --fix' },
      waitMs,
      onWait: (other) =>
        note(
          `waiting for ${other === undefined ? 'another sigctl command' : `"sigctl ${other.command}" (pid ${other.pid})`}`,
        ),
      signal,
    });
  } catch (error) {
    if (error instanceof SigctlError) return error.message;
    const message = driverMissing(error)?.message ?? (error instanceof Error ? error.message : String(error));
    return `the stack's lock cannot be taken: ${message}`;
  }
}
