import type { LeaseHandle } from '../../service/lease.js';
import type { Pause } from '../../service/market/pause.js';
import type { Service } from '../../service/service.js';

const RETRY_MS = 250;

/**
 * Waits for the lease that makes this the only engine. A holder that was killed keeps it for up to `ttlMs`, and until
 * twice that passes the service is still `starting`; then it says who is in the way.
 *
 * @returns `false` when the shutdown came first.
 */
export async function waitForLease(
  lease: LeaseHandle,
  service: Pick<Service, 'signal' | 'state' | 'log' | 'now'>,
  options: { readonly ttlMs: number; readonly pause: Pause },
): Promise<boolean> {
  const sinceMs = service.now();
  let complained = false;
  while (!lease.tryAcquire()) {
    if (service.signal.aborted) return false;
    if (!complained && service.now() - sinceMs > 2 * options.ttlMs) {
      complained = true;
      const reason = 'another process holds the lease "trading", so nothing is evaluated here';
      service.log.error(reason);
      service.state('error', { reason });
    }
    await options.pause(RETRY_MS, service.signal);
  }
  return true;
}
