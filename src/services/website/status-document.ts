import type { ServiceReport } from '../../core/service-report.js';
import type { SiteSnapshot } from './site-snapshot.js';

/** The body of `/api/status`. `schemaVersion` rises when a field changes its meaning or goes away. */
export interface StatusDocument {
  readonly schemaVersion: 1;
  /** ISO 8601 in UTC. */
  readonly asOf: string;
  readonly stack: string | null;
  readonly mode: string | null;
  /** One entry per process, in manifest order; empty when `error` says why nothing is known. */
  readonly services: readonly ServiceReport[];
  readonly error: { readonly message: string; readonly next: string } | null;
}

/** The reports as the terminal has them, unrounded. */
export function statusDocument({ asOfMs, stackName, mode, services }: SiteSnapshot): StatusDocument {
  const known = services.kind === 'read';
  return {
    schemaVersion: 1,
    asOf: new Date(asOfMs).toISOString(),
    stack: stackName,
    mode,
    services: known ? services.value : [],
    error: known ? null : { message: services.reason, next: services.next },
  };
}
