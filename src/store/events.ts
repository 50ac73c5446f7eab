import type { ProcessIdentity } from '../core/observed-process.js';
import type { ServiceEvent } from '../core/service-event.js';
import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

export type { ServiceEvent };

/** An event to record: what is not known is left out. */
export type NewServiceEvent = Pick<ServiceEvent, 'atMs' | 'service' | 'kind' | 'actor'> & {
  readonly [Key in keyof ServiceEvent]?: ServiceEvent[Key] | undefined;
};

/** Appends an event to the flight recorder. Events are never changed. */
export function recordEvent(db: StatusDb, event: NewServiceEvent): void {
  statement(db, RECORD).run({
    atMs: event.atMs,
    service: event.service,
    instance: event.instance ?? '0',
    kind: event.kind,
    cause: event.cause ?? null,
    actor: event.actor,
    pid: event.pid ?? null,
    exitCode: event.exitCode ?? null,
    exitSignal: event.exitSignal ?? null,
    manifestHash: event.manifestHash ?? null,
    version: event.version ?? null,
    memoryBytes: event.memoryBytes ?? null,
    logTailJson: event.logTail == null ? null : JSON.stringify(event.logTail),
    detailJson: event.detail === undefined || event.detail === null ? null : JSON.stringify(event.detail),
  });
}

/** The newest `limit` events, oldest first; of one service and from `sinceMs` on, where given. */
export function readEvents(
  db: StatusDb,
  query: { readonly service?: string | undefined; readonly sinceMs?: number | undefined; readonly limit: number },
): ServiceEvent[] {
  const rows = statement(db, READ).all({
    service: query.service ?? null,
    sinceMs: query.sinceMs ?? null,
    limit: query.limit,
  });
  return rows.map(parseEvent).reverse();
}

/** Of one row of the table. @throws {SigctlError} `STATUS_ROW_INVALID`. */
export function parseEvent(raw: unknown): ServiceEvent {
  const row = rowReader(raw, 'service_events', ['id']);
  return {
    atMs: row.integer('at_ms'),
    service: row.text('service'),
    instance: row.text('instance'),
    kind: row.text('kind'),
    cause: row.textOrNull('cause'),
    actor: row.text('actor'),
    pid: row.integerOrNull('pid'),
    exitCode: row.integerOrNull('exit_code'),
    exitSignal: row.textOrNull('exit_signal'),
    manifestHash: row.textOrNull('manifest_hash'),
    version: row.textOrNull('version'),
    memoryBytes: row.integerOrNull('memory_bytes'),
    logTail: row.textsOrNull('log_tail_json'),
    detail: row.jsonOrNull('detail_json'),
  };
}

const RECORD = `
  INSERT INTO service_events
    (at_ms, service, instance, kind, cause, actor, pid, exit_code, exit_signal, manifest_hash, version, memory_bytes,
     log_tail_json, detail_json)
  VALUES
    (@atMs, @service, @instance, @kind, @cause, @actor, @pid, @exitCode, @exitSignal, @manifestHash, @version,
     @memoryBytes, @logTailJson, @detailJson)`;

const READ = `
  SELECT * FROM service_events
  WHERE (@service IS NULL OR service = @service) AND (@sinceMs IS NULL OR at_ms >= @sinceMs)
  ORDER BY at_ms DESC, id DESC LIMIT @limit`;

/** Whether the end of this very process is on record. Its number comes again; its start time with it does not, within a boot. */
export function hasExit(
  db: StatusDb,
  {
    service,
    identity,
    startId,
  }: { readonly service: string; readonly identity: ProcessIdentity; readonly startId: string },
): boolean {
  return statement(db, HAS_EXIT).get({ service, ...identity, startId }) !== undefined;
}

const HAS_EXIT = `
  SELECT 1 FROM service_events
  WHERE service = @service AND kind = 'exit' AND pid = @pid
    AND json_extract(detail_json, '$.startToken') = @startToken AND json_extract(detail_json, '$.startId') = @startId`;
