import type { Alert } from '../../../core/alert.js';
import { formatDuration } from '../../../core/duration.js';
import type { Outgoing } from './channel.js';

/** Telegram's limit, in UTF-16 units after the markup is taken out. */
export const MAX_TEXT = 4_096;
const MARKS = { alert: '🔴', recovery: '🟢', test: '🔔' } as const satisfies Record<Alert['kind'], string>;
/** Ten messages of three names each leave room for their reasons. */
const MAX_NAME = 60;
const SEPARATOR = '\n\n';

/** One text for all messages, at most 4096 characters; each with its id, as Telegram may deliver one twice. */
export function telegramText(messages: readonly Outgoing[], markup: 'html' | 'plain'): string {
  const share = Math.floor((MAX_TEXT - SEPARATOR.length * (messages.length - 1)) / messages.length);
  return messages.map((message) => renderMessage(message, share, markup)).join(SEPARATOR);
}

function renderMessage(message: Outgoing, maxLength: number, markup: 'html' | 'plain'): string {
  const { alert } = message;
  const head = `${MARKS[alert.kind]} `;
  const title = headline(alert);
  const foot = footOf(message);
  const room = maxLength - head.length - title.length - foot.length - 2;
  const body = clip(bodyLines(message).join('\n'), Math.max(0, room));
  const plain = (text: string) => (markup === 'html' ? escapeHtml(text) : text);
  const first = markup === 'html' ? `${head}<b>${escapeHtml(title)}</b>` : `${head}${title}`;
  return [first, ...(body === '' ? [] : [plain(body)]), plain(foot)].join('\n');
}

function headline({ kind, subject, verdict, previous, episodes, episodesSinceMs, atMs }: Alert): string {
  const name = clip(subject, MAX_NAME);
  if (kind === 'test') return 'sigctl: a test of this channel';
  const flaps = episodes > 1 ? ` ×${episodes} in ${formatDuration(atMs - episodesSinceMs)}` : '';
  if (kind === 'alert') return `${name} is ${verdict}${flaps}`;
  return `${name} is ${verdict} again (was ${previous ?? 'bad'}${flaps})`;
}

function bodyLines({ alert, count }: Outgoing): readonly string[] {
  const earlier = alert.earlier.map(({ atMs, verdict, reason }) => `${clock(atMs)} ${verdict}: ${clip(reason, 200)}`);
  return [
    clip(alert.reason, 1_000),
    ...(alert.next === null ? [] : [`→ ${alert.next}`]),
    ...(earlier.length === 0 ? [] : [`${count} messages in one, as none could be sent before:`, ...earlier]),
  ];
}

function footOf({ alert, isRepeat }: Outgoing): string {
  const repeat = isRepeat ? ' · may be a repeat' : '';
  return `${clip(alert.stack, MAX_NAME)} on ${clip(alert.host, MAX_NAME)} · ${clock(alert.atMs)} · #${alert.id}${repeat}`;
}

function clock(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Never half of a character that takes two units. */
function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, Math.max(0, maxLength - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
