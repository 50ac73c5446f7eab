import type { TestContext } from 'node:test';
import type { Alert } from '../../../src/core/alert.js';
import type { AlertChannel } from '../../../src/core/stack.js';
import type { Outgoing, Sender } from '../../../src/services/watchdog/alerts/channel.js';
import { createSender } from '../../../src/services/watchdog/alerts/create-sender.js';
import { createDeliverer } from '../../../src/services/watchdog/alerts/deliverer.js';
import { enqueueAlert, releaseClaims } from '../../../src/store/alert-outbox.js';
import type { StatusDb } from '../../../src/store/open.js';
import { CHAT, startTelegramFake, type TelegramFake, TOKEN } from '../../fixtures/telegram-fake/telegram-fake.js';
import { twoConnections } from '../../store/two-connections.js';

export const START_MS = Date.UTC(2026, 0, 15, 12);

export function alertOf(id: string, rest: Partial<Alert> = {}): Alert {
  return {
    id,
    kind: 'alert',
    stack: 'demo',
    host: 'box',
    subject: 'trading',
    verdict: 'down',
    reason: 'exited with code 3, 12s ago',
    next: 'sigctl start trading',
    sinceMs: START_MS,
    atMs: START_MS,
    previous: null,
    episodes: 1,
    episodesSinceMs: START_MS,
    earlier: [],
    ...rest,
  };
}

export const outgoing = (alert: Alert, rest: Partial<Outgoing> = {}): Outgoing => ({
  alert,
  count: 1,
  attempt: 1,
  isRepeat: false,
  ...rest,
});

/** A fake Telegram that ends with the test. */
export async function telegram(t: TestContext): Promise<TelegramFake> {
  const fake = await startTelegramFake();
  t.after(() => fake.close());
  return fake;
}

export const ENV = { BOT_TOKEN: TOKEN, CHAT_ID: CHAT };

export function telegramChannel(fake: TelegramFake): Extract<AlertChannel, { kind: 'telegram' }> {
  return { kind: 'telegram', token: '$BOT_TOKEN', chat: '$CHAT_ID', api: fake.api() };
}

/** The sender of a channel, as the watchdog makes it. */
export function senderOf(channel: AlertChannel, nowMs: () => number = () => START_MS): Sender {
  const moved = new Map<string, string>();
  return createSender(channel, {
    env: () => ENV,
    nowMs,
    cwd: '/',
    movedChat: { read: (chat) => moved.get(chat), write: (chat, to) => void moved.set(chat, to) },
  });
}

export interface Delivery {
  readonly db: StatusDb;
  readonly nowMs: () => number;
  readonly enqueue: (alert: Alert) => void;
  /** Lets so much time go by, with two looks each second, each of which ends before time goes on. */
  readonly pass: (ms: number) => Promise<void>;
  /** A new process takes over from one that is gone. */
  readonly restart: () => void;
}

/** The deliverer with a clock of its own: ten minutes go by in a moment. */
export function delivery(t: TestContext, channel: AlertChannel, wrap = (sender: Sender): Sender => sender): Delivery {
  const { a: db } = twoConnections(t);
  let nowMs = START_MS;
  const sender = wrap(senderOf(channel, () => nowMs));
  const open = () => {
    releaseClaims(db, nowMs);
    return createDeliverer({ db, channels: [{ kind: channel.kind, sender }], nowMs: () => nowMs, random: () => 1 });
  };
  let deliverer = open();
  return {
    db,
    nowMs: () => nowMs,
    enqueue: (alert) =>
      enqueueAlert(db, { channels: [channel.kind], dedupeKey: alert.subject, alert: { ...alert, atMs: nowMs } }),
    pass: async (ms) => {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 500) {
        deliverer.tick();
        await deliverer.idle();
      }
    },
    restart: () => {
      deliverer = open();
    },
  };
}
