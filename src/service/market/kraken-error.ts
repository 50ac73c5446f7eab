/** Why a request failed. The first five pass by themselves and are tried again; the last two are not retried at once. */
export type KrakenErrorKind =
  | 'network'
  | 'timeout'
  | 'unavailable'
  | 'rate-limit'
  | 'malformed'
  | 'bad-request'
  | 'circuit-open';

/** A request to Kraken that gave no usable answer. */
export class KrakenError extends Error {
  override readonly name = 'KrakenError';
  readonly kind: KrakenErrorKind;
  /** When Kraken said so: the earliest instant for the next request, epoch milliseconds. */
  readonly retryAtMs: number | undefined;

  constructor(
    kind: KrakenErrorKind,
    message: string,
    more: { readonly cause?: unknown; readonly retryAtMs?: number | undefined } = {},
  ) {
    super(`Kraken ${kind}: ${message}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.retryAtMs = more.retryAtMs;
  }
}

/** Whether the same request may succeed a little later. */
export function isTransient(error: unknown): boolean {
  return error instanceof KrakenError && error.kind !== 'bad-request' && error.kind !== 'circuit-open';
}

/**
 * The class of one entry of Kraken's `error` array, `EService:Unavailable` for example.
 * Source: https://docs.kraken.com/api/docs/guides/spot-errors
 */
export function krakenRefusal(entry: string): KrakenError {
  const throttledUntil = /^EService:\s*Throttled:\s*\[?(\d+)\]?/.exec(entry)?.[1];
  if (throttledUntil !== undefined)
    return new KrakenError('rate-limit', entry, { retryAtMs: Number(throttledUntil) * 1_000 });
  if (/rate limit exceeded|too many requests/i.test(entry)) return new KrakenError('rate-limit', entry);
  if (/^EService:|^EGeneral:Internal error/.test(entry)) return new KrakenError('unavailable', entry);
  return new KrakenError('bad-request', entry);
}
