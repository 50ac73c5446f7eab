import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';

/** New ids of Telegram groups that became supergroups, by the id that the manifest has. */
export function movedChats(db: StatusDb): {
  readonly read: (chat: string) => string | undefined;
  readonly write: (chat: string, to: string) => void;
} {
  const key = (chat: string): string => `alerts.chat.${chat}`;
  return {
    read: (chat) => readFact(db, key(chat)),
    write: (chat, to) => writeFact(db, key(chat), to),
  };
}
