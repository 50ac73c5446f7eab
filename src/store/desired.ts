import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

const WANTED = ['running', 'stopped'] as const;
export type Wanted = (typeof WANTED)[number];

/** What the operator last asked of a service, apart from what is observed. */
export interface Desired {
  readonly service: string;
  readonly wanted: Wanted;
  /** When it was last asked for. */
  readonly sinceMs: number;
  readonly actor: string;
  /** `ServiceSpec.hash` that was in force. */
  readonly manifestHash: string | null;
}

/** Records what was asked for; the latest request replaces the one before. */
export function writeDesired(
  db: StatusDb,
  request: {
    readonly service: string;
    readonly wanted: Wanted;
    readonly nowMs: number;
    readonly actor: string;
    readonly manifestHash?: string | null | undefined;
  },
): void {
  statement(db, WRITE).run({ ...request, manifestHash: request.manifestHash ?? null });
}

/** What was asked for before stands again, as if the latest request had not been made. */
export function restoreDesired(db: StatusDb, service: string, before: Desired | undefined): void {
  if (before === undefined) statement(db, 'DELETE FROM service_desired WHERE service = @service').run({ service });
  else writeDesired(db, { ...before, nowMs: before.sinceMs });
}

/** Every service that was ever asked for, by name. @throws {SigctlError} `STATUS_ROW_INVALID`. */
export function readDesired(db: StatusDb): Desired[] {
  return statement(db, 'SELECT * FROM service_desired ORDER BY service').all().map(parseDesired);
}

function parseDesired(raw: unknown): Desired {
  const row = rowReader(raw, 'service_desired', ['service']);
  return {
    service: row.text('service'),
    wanted: row.oneOf('wanted', WANTED),
    sinceMs: row.integer('since_ms'),
    actor: row.text('actor'),
    manifestHash: row.textOrNull('manifest_hash'),
  };
}

const WRITE = `
  INSERT INTO service_desired (service, wanted, since_ms, actor, manifest_hash)
  VALUES (@service, @wanted, @nowMs, @actor, @manifestHash)
  ON CONFLICT (service) DO UPDATE SET
    wanted = excluded.wanted, since_ms = excluded.since_ms, actor = excluded.actor, manifest_hash = excluded.manifest_hash`;
