import { isRecord } from '../core/is-record.js';

/** Set in a worker that replaces another one: it has to prove itself before it takes a connection. */
export const CHECKED_VARIABLE = 'SIGCTL_WORKER_CHECKED';

/** What primary and worker tell each other. */
export type WorkerMessage =
  /** Worker: the port is open. */
  | { readonly sigctl: 'ready' }
  /** Worker: why it is about to exit. */
  | { readonly sigctl: 'failed'; readonly reason: string }
  /** Primary: take no new connection, answer what is open, and end. */
  | { readonly sigctl: 'retire' }
  /** Primary: end now. */
  | { readonly sigctl: 'stop' };

/** `undefined`: a message of somebody else, such as the service's own. */
export function parseWorkerMessage(value: unknown): WorkerMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { sigctl, reason } = value;
  if (sigctl === 'failed') return { sigctl, reason: String(reason) };
  return sigctl === 'ready' || sigctl === 'retire' || sigctl === 'stop' ? { sigctl } : undefined;
}
