import type { Statement } from 'better-sqlite3';
import type { StatusDb } from './open.js';

const statements = new WeakMap<StatusDb, Map<string, Statement>>();

/** Prepares `sql` once per connection. Give it constant text only: values go in as named parameters. */
export function statement(db: StatusDb, sql: string): Statement {
  const cached = statements.get(db) ?? new Map<string, Statement>();
  statements.set(db, cached);
  const found = cached.get(sql) ?? db.prepare(sql);
  cached.set(sql, found);
  return found;
}
