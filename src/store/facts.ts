import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** A fact about the whole stack, e.g. `mode`; `undefined` when it was never written. */
export function readFact(db: StatusDb, key: string): string | undefined {
  const row = statement(db, 'SELECT key, value FROM stack_facts WHERE key = @key').get({ key });
  return row === undefined ? undefined : rowReader(row, 'stack_facts', ['key']).text('value');
}

/** Records a fact in place of the one before. */
export function writeFact(db: StatusDb, key: string, value: string): void {
  statement(db, WRITE).run({ key, value });
}

/** Forgets a fact; it may be unknown already. */
export function deleteFact(db: StatusDb, key: string): void {
  statement(db, 'DELETE FROM stack_facts WHERE key = @key').run({ key });
}

const WRITE = `
  INSERT INTO stack_facts (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
