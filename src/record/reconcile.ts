import { type NewServiceEvent, recordEvent } from '../store/events.js';
import type { StatusDb } from '../store/open.js';
import { writeProcess } from '../store/processes.js';
import { composeEvents, withHash } from './compose-events.js';
import { lookForNews, type NewsRequest } from './look-for-news.js';
import { readRecorderState, writeRecorderState } from './recorder-state.js';

export interface Reconciliation extends NewsRequest {
  /** Of sigctl, for the events. */
  readonly version: string;
}

/** Somebody else recorded meanwhile: look again. More than a few times in a row would be a fault. */
const TRIES = 10;

/**
 * Brings the flight recorder up to now: what started and what ended since the last call, each once, with its cause.
 *
 * Any process may call it at any time. Two at once do not double an event: what is written rests on a revision that has not moved.
 * Without news it writes nothing.
 *
 * @returns What was written, oldest first.
 */
export function reconcile(db: StatusDb, request: Reconciliation): readonly NewServiceEvent[] {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const written = tryReconcile(db, request);
    if (written !== undefined) return written;
  }
  // They write down what happened as well as we would.
  return [];
}

/** `undefined`: somebody else recorded between our look and our write. */
function tryReconcile(db: StatusDb, request: Reconciliation): readonly NewServiceEvent[] | undefined {
  const news = lookForNews(db, request);
  if (news === undefined) return [];
  const { plans, bootId, revision, position } = news;
  const events = composeEvents(plans, { ...request, db, bootId });
  const write = db.transaction(() => {
    if (readRecorderState(db).revision !== revision) return undefined;
    for (const event of events) recordEvent(db, event);
    for (const { last } of plans) if (last !== undefined) writeProcess(db, withHash(db, last));
    writeRecorderState(db, { revision: revision + 1, position });
    return events;
  });
  return write.immediate();
}
