import type { Logger } from 'pino';
import { releaseLease, renewLease, tryAcquireLease } from '../store/leases.js';
import type { LeaseStore } from './lease.js';
import type { ServiceEnv } from './service-env.js';
import { readStartToken } from './start-token.js';
import type { StatusLink } from './status-link.js';

/** Outside of sigctl there is nobody to share with, so every lease is granted, always in the first generation. */
const ALONE: LeaseStore = { tryAcquire: () => 1, renew: () => true, release: () => undefined, failed: () => undefined };

/** The leases of the status table, as `lease.ts` wants them. A service that shuts down or has no table acquires nothing. */
export function leaseStore(
  name: string,
  ttlMs: number,
  service: {
    readonly status: StatusLink;
    readonly env: ServiceEnv;
    readonly log: Logger;
    readonly signal: AbortSignal;
  },
): LeaseStore {
  const { status, env, log, signal } = service;
  if (env.statusDb === undefined) return ALONE;
  const holder = `${env.service}/${env.instance} pid ${process.pid} started ${readStartToken() ?? 'unknown'}`;
  return {
    tryAcquire(nowMs) {
      if (status.db === undefined || signal.aborted) return undefined;
      return tryAcquireLease(status.db, { name, holder, nowMs, ttlMs }, isGone)?.generation;
    },
    renew(generation, nowMs) {
      if (status.db === undefined) return false;
      return renewLease(status.db, { name, holder, generation, nowMs, ttlMs });
    },
    release(generation) {
      if (status.db !== undefined) releaseLease(status.db, { name, holder, generation });
    },
    failed: (error) => log.warn({ err: error, lease: name }, `cannot write the lease "${name}"`),
  };
}

/** By pid and start time, on this machine; a holder that cannot be told is taken for alive. */
function isGone(holder: string): boolean {
  const [, pid, started] = / pid (\d+) started (\d+)$/.exec(holder) ?? [];
  return pid !== undefined && readStartToken(Number(pid)) !== started;
}
