import type { WatchPolicy } from '../core/stack.js';
import { pruneEvents } from '../store/history.js';
import { pruneIntents } from '../store/intents.js';
import type { StatusDb } from '../store/open.js';

/** An intent has done its work when the start or exit is on record, which is at the next look. */
const KEEP_INTENTS_MS = 7 * 86_400_000;

/** Forgets events above the age and the number that the manifest allows. Cheap: two deletes on indexed columns. */
export function pruneHistory(db: StatusDb, { keepMs, maxEvents }: WatchPolicy['history'], nowMs: number): void {
  db.transaction(() => {
    pruneEvents(db, { keepMs, maxEvents }, nowMs);
    pruneIntents(db, nowMs - KEEP_INTENTS_MS);
  }).immediate();
}
