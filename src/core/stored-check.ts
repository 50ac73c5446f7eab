import { isSameProcess, type ProcessIdentity } from './observed-process.js';
import type { HealthCheck, ServiceSpec } from './stack.js';

/** One row of `service_checks`: what the watchdog last found out about one process. Instants are epoch milliseconds. */
export interface StoredCheck {
  readonly service: string;
  readonly instance: string;
  readonly name: string;
  readonly kind: HealthCheck['kind'];
  /** The process that was asked. */
  readonly process: ProcessIdentity;
  readonly ok: boolean;
  readonly reason: string;
  /** Since when the answer is this one. */
  readonly sinceMs: number;
  readonly atMs: number;
}

/** A settled answer is written again after this long, so that readers see that somebody still asks. */
export const CHECK_REWRITE_MS = 30_000;

/** Two rewrites may be missed. Older answers are those of a watchdog that died. */
const FRESH_MS = 2 * CHECK_REWRITE_MS + 15_000;

const NONE: readonly StoredCheck[] = [];

/**
 * The answers that count for a process: given by this very one, to checks that the manifest names, and not left over by a
 * watchdog that no longer asks. Pure. A clock that was set back makes rows of the future, which prove as little as old ones.
 */
export function currentChecks(
  rows: readonly StoredCheck[],
  { spec, instance }: { readonly spec: Pick<ServiceSpec, 'name' | 'checks'>; readonly instance: string },
  process: ProcessIdentity,
  nowMs: number,
): readonly StoredCheck[] {
  // Of most services, at each look.
  if (spec.checks.length === 0) return NONE;
  const ofProcess = rows.filter(
    (row) =>
      row.service === spec.name &&
      row.instance === instance &&
      isSameProcess(row.process, process) &&
      Math.abs(nowMs - row.atMs) <= FRESH_MS,
  );
  return spec.checks.flatMap(({ name, kind }) => ofProcess.find((row) => row.name === name && row.kind === kind) ?? []);
}
