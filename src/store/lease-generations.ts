import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** How often a lease has changed hands. Whoever stores what its holders write refuses an older generation. */
export interface LeaseGeneration {
  readonly name: string;
  readonly generation: number;
}

/** The generations of all leases, held or not. */
export function readLeaseGenerations(db: StatusDb): readonly LeaseGeneration[] {
  return statement(db, 'SELECT name, generation FROM leases')
    .all()
    .map((raw) => {
      const row = rowReader(raw, 'leases', ['name']);
      return { name: row.text('name'), generation: row.integer('generation') };
    });
}

/**
 * Frees every lease and lets no generation be lower than `floor` says: after a restore nobody holds one, and databases that were
 * not restored must not find that generations went back.
 */
export function freeLeases(db: StatusDb, floor: readonly LeaseGeneration[]): void {
  db.transaction(() => {
    statement(db, `UPDATE leases SET holder = '', expires_at_ms = 0`).run();
    for (const lease of floor) statement(db, RAISE).run(lease);
  }).immediate();
}

const RAISE = `
  INSERT INTO leases (name, holder, generation, expires_at_ms) VALUES (@name, '', @generation, 0)
  ON CONFLICT (name) DO UPDATE SET generation = max(generation, excluded.generation)`;
