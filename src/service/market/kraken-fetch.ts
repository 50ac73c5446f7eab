import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import { KrakenError } from './kraken-error.js';

/** Kraken refuses requests without one. */
const HEADERS = { 'User-Agent': 'sigctl market-data', Accept: 'application/json' };

/**
 * One GET, whole body, within one deadline for connection, headers and body together.
 *
 * @throws {KrakenError} `timeout`, `network`, `rate-limit` (429), `unavailable` (5xx, Cloudflare's 520 too), `bad-request` (other 4xx)
 */
export async function fetchText(url: URL, timeoutMs: number, signal: AbortSignal): Promise<string> {
  try {
    // Aggressive: a peer that accepts and then says nothing must not hold the caller, whatever fetch does with its signal.
    return await timeout(timeoutMs, TimeoutStrategy.Aggressive).execute((context) => get(url, context.signal), signal);
  } catch (error) {
    if (error instanceof KrakenError) throw error;
    if (error instanceof TaskCancelledError)
      throw new KrakenError('timeout', `no complete reply within ${timeoutMs} ms`);
    throw new KrakenError('network', networkFault(error), { cause: error });
  }
}

async function get(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, headers: HEADERS });
  if (response.ok) return response.text();
  // Read and dropped, so that the connection can be used again.
  const body = await response.text();
  throw httpRefusal(response, body.length);
}

function httpRefusal(response: Response, bodyLength: number): KrakenError {
  const type = response.headers.get('content-type') ?? 'no content type';
  const text = `HTTP ${response.status} (${type}, ${bodyLength} characters)`;
  if (response.status === 429) return new KrakenError('rate-limit', text);
  return new KrakenError(response.status >= 500 ? 'unavailable' : 'bad-request', text);
}

/** fetch says only "fetch failed"; the reason is its cause. */
function networkFault(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? `${cause.code}: ` : '';
  return `${code}${cause.message}`;
}
