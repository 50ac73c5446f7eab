import { channelSecrets, fillVariables } from '../../../core/alert-variables.js';
import { isRecord } from '../../../core/is-record.js';
import { maskSecrets } from '../../../core/mask.js';
import type { AlertChannel } from '../../../core/stack.js';
import type { DeliveryOutcome, Env, Outgoing, Sender } from './channel.js';
import { type PostResult, parseRetryAfter, post } from './post.js';
import { telegramText } from './telegram-text.js';

// https://core.telegram.org/bots/api#making-requests: `{ok, result}` or `{ok: false, error_code, description, parameters}`.

export interface TelegramDeps {
  readonly env: () => Env;
  readonly nowMs: () => number;
  /** A group that became a supergroup has a new id: kept, so that it is asked for once. */
  readonly movedChat: {
    readonly read: (chat: string) => string | undefined;
    readonly write: (chat: string, to: string) => void;
  };
  readonly timeoutMs?: number;
}

/** One message per chat and second is what Telegram bears for long. */
const MIN_GAP_MS = 1_000;
const TIMEOUT_MS = 10_000;
/** As HTML, as plain text, and once to a new chat id. */
const MAX_REQUESTS = 3;
/** A `429` that does not say how long. */
const DEFAULT_HOLD_MS = 5_000;
const MAX_BATCH = 10;

export function telegramSender(channel: Extract<AlertChannel, { kind: 'telegram' }>, deps: TelegramDeps): Sender {
  const timeoutMs = deps.timeoutMs ?? TIMEOUT_MS;
  return {
    maxBatch: MAX_BATCH,
    minGapMs: MIN_GAP_MS,
    deadlineMs: timeoutMs * MAX_REQUESTS,
    send: (messages) => sendMessages(channel, messages, deps, timeoutMs),
  };
}

async function sendMessages(
  channel: Extract<AlertChannel, { kind: 'telegram' }>,
  messages: readonly Outgoing[],
  deps: TelegramDeps,
  timeoutMs: number,
): Promise<DeliveryOutcome> {
  const env = deps.env();
  const [token, chat, api] = [channel.token, channel.chat, channel.api].map((text) => fillVariables(text, env));
  if (token === undefined || chat === undefined || api === undefined) throw new Error('three texts were filled in');
  const missing = [...token.missing, ...chat.missing, ...api.missing];
  if (missing.length > 0) return { kind: 'retry', error: `${missing.join(', ')} is not set`, isUncertain: false };
  const secrets = channelSecrets(channel, env);
  const request = async (chatId: string, markup: 'html' | 'plain'): Promise<Answer> => {
    const body = {
      chat_id: chatId,
      text: telegramText(messages, markup),
      ...(markup === 'html' ? { parse_mode: 'HTML' } : {}),
      link_preview_options: { is_disabled: true },
    };
    const result = await post({
      url: `${api.value.replace(/\/+$/, '')}/bot${pathPart(token.value)}/sendMessage`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs,
    });
    return judge(result, deps.nowMs(), (text) => maskSecrets(text, secrets));
  };
  const chatId = deps.movedChat.read(chat.value) ?? chat.value;
  let answer = await request(chatId, 'html');
  if (answer.kind === 'moved') {
    deps.movedChat.write(chat.value, answer.to);
    answer = await request(answer.to, 'html');
  }
  if (answer.kind === 'unparsed') answer = await request(deps.movedChat.read(chat.value) ?? chatId, 'plain');
  return answer.kind === 'moved' || answer.kind === 'unparsed' ? { kind: 'dead', error: answer.error } : answer;
}

/** A token is `<digits>:<letters>`, and Telegram knows it by its colon. */
function pathPart(token: string): string {
  return encodeURIComponent(token).replaceAll('%3A', ':');
}

type Answer =
  | DeliveryOutcome
  | { readonly kind: 'moved'; readonly to: string; readonly error: string }
  | { readonly kind: 'unparsed'; readonly error: string };

function judge(result: PostResult, nowMs: number, mask: (text: string) => string): Answer {
  if (result.kind === 'failed') return { kind: 'retry', error: result.why, isUncertain: result.wasSent };
  const reply = parseReply(result.body);
  if (reply.isOk && result.status === 200) return { kind: 'delivered' };
  const error = mask(`${result.status} ${reply.description}`.trim());
  const { status } = result;
  if (status === 429) {
    const holdMs = reply.retryAfterMs ?? parseRetryAfter(result.retryAfter, nowMs) ?? DEFAULT_HOLD_MS;
    return { kind: 'retry', error, isUncertain: false, holdMs };
  }
  if (reply.migrateTo !== undefined) return { kind: 'moved', to: reply.migrateTo, error };
  // The description is all that tells it from other faults of a request; Telegram has no code for it.
  if (status === 400 && /parse entities/i.test(reply.description)) return { kind: 'unparsed', error };
  // 409 is about getUpdates. 2xx that is not Telegram's, and 3xx: something stands in between, and will go.
  if (status >= 400 && status < 500 && ![408, 409, 425].includes(status)) return { kind: 'dead', error };
  return { kind: 'retry', error, isUncertain: status >= 500 };
}

interface Reply {
  readonly isOk: boolean;
  readonly description: string;
  readonly retryAfterMs: number | undefined;
  readonly migrateTo: string | undefined;
}

const MAX_DESCRIPTION = 200;

function parseReply(body: string): Reply {
  const value = parseJson(body);
  const reply = isRecord(value) ? value : { description: 'the answer is not from Telegram' };
  const parameters = isRecord(reply['parameters']) ? reply['parameters'] : {};
  const retryAfter = parameters['retry_after'];
  const migrateTo = parameters['migrate_to_chat_id'];
  return {
    isOk: reply['ok'] === true,
    description: typeof reply['description'] === 'string' ? reply['description'].slice(0, MAX_DESCRIPTION) : '',
    retryAfterMs: typeof retryAfter === 'number' && retryAfter >= 0 ? retryAfter * 1_000 : undefined,
    migrateTo: typeof migrateTo === 'number' || typeof migrateTo === 'string' ? String(migrateTo) : undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A page of a proxy: whoever asked says so.
  }
}
