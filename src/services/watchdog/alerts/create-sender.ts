import type { AlertChannel } from '../../../core/stack.js';
import type { Env, Sender } from './channel.js';
import { commandSender } from './command.js';
import { type TelegramDeps, telegramSender } from './telegram.js';
import { webhookSender } from './webhook.js';

export interface SenderDeps {
  /** Variables of now: a start may have brought new ones. */
  readonly env: () => Env;
  readonly nowMs: () => number;
  readonly movedChat: TelegramDeps['movedChat'];
  /** Folder in which commands run. */
  readonly cwd: string;
}

export function createSender(channel: AlertChannel, deps: SenderDeps): Sender {
  switch (channel.kind) {
    case 'telegram':
      return telegramSender(channel, deps);
    case 'webhook':
      return webhookSender(channel, deps);
    case 'command':
      return commandSender(channel, deps);
  }
}
