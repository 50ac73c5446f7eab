import type { StoredCheck } from '../core/stored-check.js';
import type { SigctlError } from '../errors.js';
import type { StatusDb } from './open.js';
import { parseRows, rowReader } from './row-reader.js';
import { statement } from './statement.js';

/** Answers of processes and checks that are long gone are of no use to anybody. */
const FORGET_AFTER_MS = 24 * 3_600_000;

/** Writes the answers of some checks in one transaction, each over the one before, and forgets those of yesterday. */
export function writeChecks(db: StatusDb, checks: readonly StoredCheck[], nowMs: number): void {
  db.transaction(() => {
    for (const { process, ok, ...rest } of checks) {
      statement(db, WRITE).run({ ...rest, ...process, ok: ok ? 1 : 0 });
    }
    statement(db, 'DELETE FROM service_checks WHERE at_ms < @beforeMs').run({ beforeMs: nowMs - FORGET_AFTER_MS });
  }).immediate();
}

/** Every row, also of processes that are gone: `currentChecks` picks. One that holds something impossible is handed to `onFault`. */
export function readChecks(db: StatusDb, onFault?: (fault: SigctlError) => void): readonly StoredCheck[] {
  const rows = statement(db, 'SELECT * FROM service_checks ORDER BY service, instance, name').all();
  return parseRows(rows, parseCheck, onFault);
}

function parseCheck(raw: unknown): StoredCheck {
  const row = rowReader(raw, 'service_checks', ['service', 'instance', 'name']);
  return {
    service: row.text('service'),
    instance: row.text('instance'),
    name: row.text('name'),
    kind: row.oneOf('kind', ['liveness', 'readiness']),
    process: { pid: row.integer('pid'), startToken: row.text('start_token') },
    ok: row.integer('ok') === 1,
    reason: row.text('reason'),
    sinceMs: row.integer('since_ms'),
    atMs: row.integer('at_ms'),
  };
}

const WRITE = `
  INSERT INTO service_checks (service, instance, name, kind, pid, start_token, ok, reason, since_ms, at_ms)
  VALUES (@service, @instance, @name, @kind, @pid, @startToken, @ok, @reason, @sinceMs, @atMs)
  ON CONFLICT (service, instance, name) DO UPDATE SET
    kind = @kind, pid = @pid, start_token = @startToken, ok = @ok, reason = @reason, since_ms = @sinceMs, at_ms = @atMs`;
