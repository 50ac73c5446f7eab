import { journalEnd } from '../process/exit-journal.js';
import type { HomePaths } from '../process/home.js';
import type { StatusDb } from '../store/open.js';
import { endAllProcesses } from '../store/processes.js';
import { readRecorderState, writeRecorderState } from './recorder-state.js';

/**
 * Lets the flight recorder begin with now: for a status table of another time, put in place by a restore. What happened since that
 * time was recorded in the table that was replaced, and would be told here with causes that nobody knows any more.
 */
export function forgetProcesses(db: StatusDb, paths: HomePaths): void {
  const position = journalEnd(paths);
  db.transaction(() => {
    endAllProcesses(db);
    writeRecorderState(db, { revision: readRecorderState(db).revision + 1, position });
  }).immediate();
}
