import type { RestartPolicy } from '../core/stack.js';
import type { AppEntry } from './schema.js';

/** The first restarts come at once, for all a person can tell; the launcher doubles the limit of the wait with each exit. */
const DEFAULT_BACKOFF_MS = [10, 15_000] as const;
/** PM2 7.0.4 lib/God.js: the ceiling of `exp_backoff_restart_delay`. */
const PM2_BACKOFF_MAX_MS = 15_000;
/** With the delays above, twenty exits take more than a minute: long enough for a database to come back. */
const DEFAULT_BREAKER = { exits: 20, withinMs: 120_000 } as const;

/** `sigctl.restart`, else what PM2's own keys say, else the defaults; backoff and breaker each on their own. */
export function restartPolicy(app: AppEntry): RestartPolicy {
  const [backoffMinMs, backoffMaxMs] = app.sigctl?.restart?.backoff ?? pm2Backoff(app) ?? DEFAULT_BACKOFF_MS;
  return {
    backoffMinMs,
    backoffMaxMs,
    breaker: breaker(app),
    successCodes: app.sigctl?.restart?.success ?? [0],
    // PM2 stores a death by signal as code 0, so that its 0 among these would stop a service that was killed; ours does not.
    neverCodes: app.sigctl?.restart?.never ?? app.stop_exit_codes ?? [],
  };
}

function pm2Backoff(app: AppEntry): readonly [number, number] | undefined {
  const growing = app.exp_backoff_restart_delay ?? 0;
  if (growing > 0) return [growing, Math.max(growing, PM2_BACKOFF_MAX_MS)];
  const fixed = app.restart_delay ?? 0;
  return fixed > 0 ? [fixed, fixed] : undefined;
}

/** PM2 gives up after `max_restarts` exits of a process younger than `min_uptime`, so they span at most the product of both. */
function breaker(app: AppEntry): RestartPolicy['breaker'] {
  const declared = app.sigctl?.restart?.breaker;
  // 0 in PM2: no restart at all, that is the first exit opens the breaker.
  const pm2Exits = app.max_restarts === undefined ? undefined : Math.max(1, app.max_restarts);
  const pm2WithinMs = pm2Exits === undefined || app.min_uptime === undefined ? undefined : pm2Exits * app.min_uptime;
  return {
    exits: declared?.exits ?? pm2Exits ?? DEFAULT_BREAKER.exits,
    withinMs: declared?.within ?? pm2WithinMs ?? DEFAULT_BREAKER.withinMs,
  };
}
