import type { IncomingMessage } from 'node:http';
import type { ProbeAnswer } from '../core/check-state.js';
import { formatDuration, formatLimit } from '../core/duration.js';
import { describeConnectFault } from './connect-fault.js';

/** The status is what counts. Of the body so much is read that a server which sends a short one can finish in peace. */
const MAX_BODY_BYTES = 8 * 1024;
/** Of the place that a redirect names. */
const MAX_LOCATION_CHARS = 80;

export interface HttpProbe {
  readonly port: number;
  readonly path: string;
  /** For the whole of it: connection, answer and the head of the body. */
  readonly timeoutMs: number;
}

/**
 * GET on 127.0.0.1, on a connection of its own. Passes with a 2xx whose body ends, or goes on past 8 KB, within the time.
 * A redirect is not followed: where it leads may be another server, which says nothing of this one.
 */
export async function probeHttp({ port, path, timeoutMs }: HttpProbe): Promise<ProbeAnswer> {
  // Loaded when first needed: a start that waits for heartbeats goes without.
  const { get } = await import('node:http');
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let reading = '';
    const request = get({ host: '127.0.0.1', port, path, agent: false, headers: { connection: 'close' } });
    const deadline = setTimeout(() => {
      settle({
        ok: false,
        reason: `${reading === '' ? 'no answer' : `${reading}, no end`} within ${formatLimit(timeoutMs)}`,
      });
    }, timeoutMs);
    const settle = (answer: ProbeAnswer) => {
      clearTimeout(deadline);
      request.destroy();
      resolve(answer);
    };
    // Stays after the answer is settled: destroying a request may raise a last error.
    request.on('error', (error) => settle({ ok: false, reason: describeConnectFault(error) }));
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      reading = `HTTP ${status}`;
      const tookMs = performance.now() - startedAt;
      const answer = { ok: status >= 200 && status < 300, reason: describeAnswer(response, tookMs) };
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes >= MAX_BODY_BYTES) settle(answer);
      });
      response.on('end', () => settle(answer));
      response.on('error', (error) => settle({ ok: false, reason: `${reading}, then ${describeConnectFault(error)}` }));
    });
  });
}

function describeAnswer({ statusCode, headers }: IncomingMessage, tookMs: number): string {
  const answer = `HTTP ${statusCode ?? 0} in ${formatDuration(tookMs)}`;
  return headers.location === undefined
    ? answer
    : `${answer}, redirects to ${headers.location.slice(0, MAX_LOCATION_CHARS)}`;
}
