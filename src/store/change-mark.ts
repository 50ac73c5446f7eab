import type { StatusDb } from './open.js';
import { statement } from './statement.js';

/**
 * Another text after every change of the database, whoever made it: while it is the same, what was read before it still holds.
 * Costs one short read, whatever the size of the tables.
 */
export function readChangeMark(db: StatusDb): string {
  // `data_version` tells of other connections' commits only (sqlite.org/pragma.html#pragma_data_version), `total_changes()` of our own.
  const ofOthers = statement(db, 'PRAGMA data_version').pluck().get();
  const ours = statement(db, 'SELECT total_changes()').pluck().get();
  return `${ofOthers} ${ours}`;
}
