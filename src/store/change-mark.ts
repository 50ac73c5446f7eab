import type { StatusDb } from './open.js';
import { statement } from './statement.js';

/**
 * Another text after every change of the database, whoever made it: while it is the same, what was read before it still holds.
 * Costs one short read, whatever the size of the tables.
 */
export function readChangeMark(db: StatusDb): string {
  return String(statement(db, MARK).pluck().get());
}

// `data_version` tells of other connections' commits only (sqlite.org/pragma.html#pragma_data_version), `total_changes()` of our own.
const MARK = "SELECT data_version || ' ' || total_changes() FROM pragma_data_version";
