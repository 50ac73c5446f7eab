import type { ProcessIdentity } from '../core/observed-process.js';
import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** A process as the flight recorder saw it last: one for each key. */
export interface RecordedProcess {
  readonly key: string;
  readonly service: string;
  readonly instance: string;
  readonly identity: ProcessIdentity;
  readonly bootId: string;
  readonly startId: string;
  readonly starts: number;
  readonly startedAtMs: number;
  readonly manifestHash: string | null;
  /** Largest that the watchdog saw. */
  readonly memoryBytes: number | null;
  /** Its exit is on record. */
  readonly ended: boolean;
}

/** The last process of each key. @throws {SigctlError} `STATUS_ROW_INVALID`. */
export function readProcesses(db: StatusDb): RecordedProcess[] {
  return statement(db, 'SELECT * FROM service_processes ORDER BY key').all().map(parseProcess);
}

/** Puts a process in the place of the one before of its key. For the recorder alone. */
export function writeProcess(db: StatusDb, process: RecordedProcess): void {
  const { identity, ended, ...rest } = process;
  statement(db, WRITE).run({ ...rest, ...identity, ended: ended ? 1 : 0 });
}

/** Keeps the largest memory that a live process of this key was seen with. Cheap when it did not grow: nothing is written. */
export function recordMemory(db: StatusDb, key: string, bytes: number): void {
  statement(db, MEMORY).run({ key, bytes });
}

/** Nothing that ran until now will have its end recorded: the table is that of another time. */
export function endAllProcesses(db: StatusDb): void {
  statement(db, 'UPDATE service_processes SET ended = 1').run();
}

function parseProcess(raw: unknown): RecordedProcess {
  const row = rowReader(raw, 'service_processes', ['key']);
  return {
    key: row.text('key'),
    service: row.text('service'),
    instance: row.text('instance'),
    identity: { pid: row.integer('pid'), startToken: row.text('start_token') },
    bootId: row.text('boot_id'),
    startId: row.text('start_id'),
    starts: row.integer('starts'),
    startedAtMs: row.integer('started_at_ms'),
    manifestHash: row.textOrNull('manifest_hash'),
    memoryBytes: row.integerOrNull('memory_bytes'),
    ended: row.integer('ended') === 1,
  };
}

const WRITE = `
  INSERT OR REPLACE INTO service_processes
    (key, service, instance, pid, start_token, boot_id, start_id, starts, started_at_ms, manifest_hash, memory_bytes, ended)
  VALUES
    (@key, @service, @instance, @pid, @startToken, @bootId, @startId, @starts, @startedAtMs, @manifestHash, @memoryBytes,
     @ended)`;

const MEMORY = `
  UPDATE service_processes SET memory_bytes = @bytes
  WHERE key = @key AND ended = 0 AND coalesce(memory_bytes, 0) < @bytes`;
