import { readLease } from '../../store/leases.js';
import { openStatusDb, type StatusDb } from '../../store/open.js';
import type { Service } from '../service.js';

/** `preferred`: market-data, whose job it is. `fallback`: trading, which collects only while no preferred one runs. */
export type CollectorRole = 'preferred' | 'fallback';

/** Whether this process is to collect, when the lease `collector` is to be had. */
export interface Preference {
  /** For the preferred role this renews the claim to preference as well; ask at least twice per second. */
  mayCollect(): boolean;
  close(): void;
}

const PREFERRED = 'collector.preferred';

/**
 * How a preferred collector gets its job back from a fallback one: it holds the lease `collector.preferred` for as long as
 * it runs. While that is held, a fallback gives `collector` back after the transaction at hand and does not ask for it.
 */
export function openPreference(
  role: CollectorRole,
  deps: {
    readonly service: Pick<Service, 'lease' | 'now' | 'log'>;
    readonly statusDb: string | undefined;
    readonly ttlMs: number;
  },
): Preference {
  return role === 'preferred'
    ? holdPreference(deps.service, deps.ttlMs)
    : watchPreference(deps.service, deps.statusDb, deps.ttlMs);
}

function holdPreference(service: Pick<Service, 'lease'>, ttlMs: number): Preference {
  const lease = service.lease(PREFERRED, { ttlMs, onLost: () => undefined });
  return {
    mayCollect() {
      if (!lease.held) lease.tryAcquire();
      // A second preferred collector waits for the lease `collector` like anyone.
      return true;
    },
    close: () => lease.release(),
  };
}

function watchPreference(
  service: Pick<Service, 'now' | 'log'>,
  statusDb: string | undefined,
  ttlMs: number,
): Preference {
  let db: StatusDb | undefined;
  const isPreferredRunning = (): boolean => {
    if (statusDb === undefined) return false;
    try {
      db ??= openStatusDb(statusDb, { readonly: true });
      const leftMs = (readLease(db, PREFERRED)?.expiresAtMs ?? 0) - service.now();
      // One that lasts longer than any is from before the clock was set back: who runs renews it by the clock of now.
      return leftMs > 0 && leftMs <= ttlMs;
    } catch (error) {
      // The lease `collector` lies in the same file and decides anyway; without the file nobody collects.
      service.log.debug({ err: error }, 'cannot read who is preferred');
      return false;
    }
  };
  return { mayCollect: () => !isPreferredRunning(), close: () => void db?.close() };
}
