import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** Who does a job that only one may do. Writes made under an older generation must be refused by whoever stores them. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Rises by one with each new holder. */
  readonly generation: number;
  readonly expiresAtMs: number;
}

/**
 * Takes a lease that is free, expired or already held by `holder` (then it is renewed and the generation stays).
 * One statement decides, so two processes that race cannot both win.
 *
 * @param holder Unique to a process, not to a service: pid and start time belong in it.
 * @param isGone Whether a holder is known to have ended. Asked only of a lease that lasts longer than any that is taken now: the clock
 *   was set back, or the machine came up with an earlier one, and waiting for its expiry could take hours.
 * @returns The lease, or `undefined` while someone else holds it.
 */
export function tryAcquireLease(
  db: StatusDb,
  request: { readonly name: string; readonly holder: string; readonly nowMs: number; readonly ttlMs: number },
  isGone: (holder: string) => boolean = () => false,
): Lease | undefined {
  const { ttlMs, ...rest } = request;
  const wanted = { ...rest, expiresAtMs: request.nowMs + ttlMs };
  const row = statement(db, ACQUIRE).get(wanted) ?? takeOver(db, wanted, isGone);
  return row === undefined ? undefined : parseLease(row);
}

function takeOver(
  db: StatusDb,
  wanted: { readonly name: string; readonly holder: string; readonly expiresAtMs: number },
  isGone: (holder: string) => boolean,
): unknown {
  const { name, holder, expiresAtMs } = wanted;
  const left = readLease(db, name);
  if (left === undefined || left.expiresAtMs <= expiresAtMs || !isGone(left.holder)) return undefined;
  return statement(db, TAKE_OVER).get({ name, holder, expiresAtMs, left: left.holder, generation: left.generation });
}

/** Extends a lease. @returns `false` when it now belongs to someone else, or was released. */
export function renewLease(
  db: StatusDb,
  request: {
    readonly name: string;
    readonly holder: string;
    readonly generation: number;
    readonly nowMs: number;
    readonly ttlMs: number;
  },
): boolean {
  const { nowMs, ttlMs, ...rest } = request;
  return statement(db, RENEW).run({ ...rest, expiresAtMs: nowMs + ttlMs }).changes > 0;
}

/** Gives a lease back at once; its generation is kept for the next holder. @returns `false` when it was not held any more. */
export function releaseLease(
  db: StatusDb,
  request: { readonly name: string; readonly holder: string; readonly generation: number },
): boolean {
  return statement(db, RELEASE).run(request).changes > 0;
}

/** The lease as stored, perhaps expired; `undefined` when nobody ever held it or it was released. */
export function readLease(db: StatusDb, name: string): Lease | undefined {
  const row = statement(db, "SELECT * FROM leases WHERE name = @name AND holder <> ''").get({ name });
  return row === undefined ? undefined : parseLease(row);
}

function parseLease(raw: unknown): Lease {
  const row = rowReader(raw, 'leases', ['name']);
  return {
    name: row.text('name'),
    holder: row.text('holder'),
    generation: row.integer('generation'),
    expiresAtMs: row.integer('expires_at_ms'),
  };
}

const ACQUIRE = `
  INSERT INTO leases (name, holder, generation, expires_at_ms) VALUES (@name, @holder, 1, @expiresAtMs)
  ON CONFLICT (name) DO UPDATE SET
    generation = leases.generation + (leases.holder <> excluded.holder),
    holder = excluded.holder, expires_at_ms = excluded.expires_at_ms
  WHERE leases.holder = excluded.holder OR leases.expires_at_ms <= @nowMs
  RETURNING *`;

// Only what was looked at: of two that find it, one wins.
const TAKE_OVER = `
  UPDATE leases SET holder = @holder, generation = generation + 1, expires_at_ms = @expiresAtMs
  WHERE name = @name AND holder = @left AND generation = @generation AND expires_at_ms > @expiresAtMs
  RETURNING *`;

const MINE = 'WHERE name = @name AND holder = @holder AND generation = @generation';

const RENEW = `UPDATE leases SET expires_at_ms = @expiresAtMs ${MINE}`;

// The row stays, for the generation must never start again at 1.
const RELEASE = `UPDATE leases SET holder = '', expires_at_ms = 0 ${MINE}`;
