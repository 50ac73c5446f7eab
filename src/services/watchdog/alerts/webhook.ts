import { fillVariables } from '../../../core/alert-variables.js';
import type { AlertChannel } from '../../../core/stack.js';
import { alertBody } from './alert-body.js';
import type { DeliveryOutcome, Env, Outgoing, Sender } from './channel.js';
import { type PostResult, parseRetryAfter, post } from './post.js';

export interface WebhookDeps {
  readonly env: () => Env;
  readonly nowMs: () => number;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Come back later, or elsewhere in time: all other 4xx mean that this request will never be taken. */
const LATER = [408, 425, 429];

/** POSTs each alert as JSON, with its id as `Idempotency-Key`, so that a receiver can drop a repeat. */
export function webhookSender(channel: Extract<AlertChannel, { kind: 'webhook' }>, deps: WebhookDeps): Sender {
  const timeoutMs = deps.timeoutMs ?? TIMEOUT_MS;
  return {
    maxBatch: 1,
    minGapMs: 0,
    deadlineMs: timeoutMs,
    send: async ([message]) => {
      if (message === undefined) return { kind: 'delivered' };
      return sendOne(channel, message, deps, timeoutMs);
    },
  };
}

async function sendOne(
  channel: Extract<AlertChannel, { kind: 'webhook' }>,
  message: Outgoing,
  deps: WebhookDeps,
  timeoutMs: number,
): Promise<DeliveryOutcome> {
  const env = deps.env();
  const url = fillVariables(channel.url, env);
  const headers = Object.entries(channel.headers).map(([name, text]) => ({ name, ...fillVariables(text, env) }));
  const missing = [...url.missing, ...headers.flatMap((header) => header.missing)];
  if (missing.length > 0) return { kind: 'retry', error: `${missing.join(', ')} is not set`, isUncertain: false };
  const result = await post({
    url: url.value,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'sigctl',
      'idempotency-key': message.alert.id,
      ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
    },
    body: JSON.stringify(alertBody(message)),
    timeoutMs,
  });
  return judge(result, deps.nowMs());
}

/** The answer's own text is not told: nobody knows what it repeats. */
function judge(result: PostResult, nowMs: number): DeliveryOutcome {
  if (result.kind === 'failed') return { kind: 'retry', error: result.why, isUncertain: result.wasSent };
  const { status } = result;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const error = `HTTP ${status}${status >= 300 && status < 400 ? ': a redirect, which is not followed' : ''}`;
  if (status < 500 && !LATER.includes(status)) return { kind: 'dead', error };
  const holdMs = parseRetryAfter(result.retryAfter, nowMs);
  return { kind: 'retry', error, isUncertain: status >= 500, ...(holdMs === undefined ? {} : { holdMs }) };
}
