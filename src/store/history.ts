import { parseEvent, type ServiceEvent } from './events.js';
import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** Which events are asked for. What is left out does not narrow. */
export interface HistoryQuery {
  readonly services: readonly string[];
  readonly kinds: readonly string[];
  /** Inclusive. */
  readonly sinceMs?: number | undefined;
  /** Exclusive. */
  readonly untilMs?: number | undefined;
  /** The newest so many. */
  readonly limit: number;
}

/** The newest events that match, oldest first. @throws {SigctlError} `STATUS_ROW_INVALID`. */
export function readHistory(db: StatusDb, query: HistoryQuery): ServiceEvent[] {
  const rows = statement(db, HISTORY).all({
    services: JSON.stringify(query.services),
    anyService: query.services.length === 0 ? 1 : 0,
    kinds: JSON.stringify(query.kinds),
    anyKind: query.kinds.length === 0 ? 1 : 0,
    sinceMs: query.sinceMs ?? null,
    untilMs: query.untilMs ?? null,
    limit: query.limit,
  });
  return rows.map(parseEvent).reverse();
}

/** The event of these kinds that was recorded last for one process of a service, whatever its clock said. */
export function latestEvent(
  db: StatusDb,
  {
    service,
    instance,
    kinds,
  }: { readonly service: string; readonly instance: string; readonly kinds: readonly string[] },
): ServiceEvent | undefined {
  const row = statement(db, LATEST).get({ service, instance, kinds: JSON.stringify(kinds) });
  return row === undefined ? undefined : parseEvent(row);
}

/** Size of a service's log when its last process ended; `undefined` when none did, or nobody saw it. */
export function latestLogBytes(db: StatusDb, service: string, instance: string): number | undefined {
  const row = statement(db, LOG_BYTES).get({ service, instance });
  const bytes = typeof row === 'object' && row !== null && 'bytes' in row ? row.bytes : undefined;
  return typeof bytes === 'number' ? bytes : undefined;
}

/** The kernel's counts in a cgroup when a kill was last noted with an exit; 0 when none ever was. */
export function latestOomCounts(
  db: StatusDb,
  of: { readonly service: string; readonly instance: string; readonly cgroup: string },
): { readonly kills: number; readonly hits: number } {
  const row = statement(db, OOM_COUNTS).get(of);
  if (typeof row !== 'object' || row === null || !('kills' in row) || !('hits' in row)) return { kills: 0, hits: 0 };
  const { kills, hits } = row;
  return { kills: typeof kills === 'number' ? kills : 0, hits: typeof hits === 'number' ? hits : 0 };
}

/** Rises with each event; 0 while there is none. */
export function newestEventId(db: StatusDb): number {
  return rowReader(
    statement(db, 'SELECT COALESCE(MAX(id), 0) AS id FROM service_events').get(),
    'service_events',
    [],
  ).integer('id');
}

/** Every service that an event is about, by name. */
export function readServicesOnRecord(db: StatusDb): string[] {
  return readWords(db, 'SELECT DISTINCT service AS word FROM service_events ORDER BY service');
}

/** Every kind of event on record. */
export function readKindsOnRecord(db: StatusDb): string[] {
  return readWords(db, 'SELECT DISTINCT kind AS word FROM service_events ORDER BY kind');
}

function readWords(db: StatusDb, sql: string): string[] {
  return statement(db, sql)
    .all()
    .map((row) => rowReader(row, 'service_events', []).text('word'));
}

/** How many events were forgotten. */
export function pruneEvents(db: StatusDb, { keepMs, maxEvents }: Retention, nowMs: number): number {
  const old = statement(db, 'DELETE FROM service_events WHERE at_ms < @beforeMs').run({ beforeMs: nowMs - keepMs });
  // Ids only rise, so that the newest `maxEvents` are found without counting.
  const many = statement(db, SURPLUS).run({ maxEvents });
  return old.changes + many.changes;
}

export interface Retention {
  readonly keepMs: number;
  readonly maxEvents: number;
}

const HISTORY = `
  SELECT * FROM service_events
  WHERE (@anyService OR service IN (SELECT value FROM json_each(@services)))
    AND (@anyKind OR kind IN (SELECT value FROM json_each(@kinds)))
    AND (@sinceMs IS NULL OR at_ms >= @sinceMs) AND (@untilMs IS NULL OR at_ms < @untilMs)
  ORDER BY at_ms DESC, id DESC LIMIT @limit`;

const LOG_BYTES = `
  SELECT json_extract(detail_json, '$.logBytes') AS bytes FROM service_events
  WHERE service = @service AND instance = @instance AND kind IN ('exit', 'refused', 'crash-loop')
  ORDER BY id DESC LIMIT 1`;

const OOM_COUNTS = `
  SELECT json_extract(detail_json, '$.oomKills') AS kills, json_extract(detail_json, '$.oomHits') AS hits FROM service_events
  WHERE service = @service AND instance = @instance AND kind = 'exit' AND json_extract(detail_json, '$.cgroup') = @cgroup
  ORDER BY id DESC LIMIT 1`;

const LATEST = `
  SELECT * FROM service_events
  WHERE service = @service AND instance = @instance AND kind IN (SELECT value FROM json_each(@kinds))
  ORDER BY id DESC LIMIT 1`;

const SURPLUS = `
  DELETE FROM service_events WHERE id <= (SELECT id FROM service_events ORDER BY id DESC LIMIT 1 OFFSET @maxEvents)`;
