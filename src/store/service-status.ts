import { MIN_STEP_MS, redateRows } from '../core/redating.js';
import type { ReportedState, StatusRow } from '../core/status-row.js';
import { SigctlError } from '../errors.js';
import { readAnchorMs, readClocks } from './clock-anchor.js';
import type { StatusDb } from './open.js';
import { parseStatusRow } from './parse-status-row.js';
import { readRedatedRows } from './redated-rows.js';
import { parseRows } from './row-reader.js';
import { statement } from './statement.js';

/** Which row, and which claim on it. A write with an older generation than the row's changes nothing. */
export interface StatusOwner {
  readonly service: string;
  readonly instance: string;
  readonly generation: number;
}

export interface StatusClaim {
  readonly service: string;
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
  readonly startToken: string | null;
  readonly nowMs: number;
  readonly heartbeatEveryMs: number;
  readonly version: string | null;
  readonly mode: string | null;
}

export interface HeartbeatWrite extends StatusOwner {
  readonly nowMs: number;
  readonly rssBytes: number | null;
  /** The longest delay of the event loop since the last heartbeat. */
  readonly loopLagMs: number | null;
}

export interface StateWrite extends StatusOwner {
  readonly nowMs: number;
  readonly state: ReportedState;
  /** Absent: no reason (but see `writeState` for `stopped`). */
  readonly reason?: string | undefined;
  /** Absent: the row keeps the detail it has. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export interface ProgressWrite extends StatusOwner {
  readonly nowMs: number;
  readonly name: string;
  /** The service's own limit for the age of this progress. Absent: the manifest's rule decides. */
  readonly withinMs?: number | undefined;
  /** Absent: the row keeps the detail it has. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** How the last reload of a service ended, in its detail under `reload`, where `sigctl reload` looks for the answer. */
export interface ReloadReport {
  /** 0 before the first reload of this process: it says that the service reports its reloads. */
  readonly seq: number;
  /** Of the process that reports: what an earlier one left behind is no answer. */
  readonly pid: number;
  readonly started_at_ms: number;
  readonly at_ms: number;
  /** Why it failed. The service then runs on as before. */
  readonly error: string | null;
}

export interface ReloadWrite extends StatusOwner {
  readonly nowMs: number;
  readonly reload: ReloadReport;
}

/**
 * Reads every row, ordered by service and instance, its instants by the clock of now: what was written before the clock was set is
 * moved by as much, so that ages are true, also in the moment before the watchdog notices. Any program may write the table, so one that puts in something
 * impossible costs its own row and no other: the row is left out and the fault handed to `onFault`.
 *
 * @throws {SigctlError} `STATUS_ROW_INVALID` naming row and column, where there is no `onFault`.
 */
export function readStatuses(db: StatusDb, onFault?: (fault: SigctlError) => void): StatusRow[] {
  // All of one instant: the watchdog may be about to note a step of the clock.
  return db.transaction(() => {
    const rows = readStatusesAsWritten(db, onFault);
    return rows.length === 0 ? rows : redateRows(rows, readRedatedRows(db), readStep(db));
  })();
}

/** How far the clock went since the watchdog looked last. */
function readStep(db: StatusDb): { readonly stepMs: number; readonly nowMs: number } {
  const clock = readClocks();
  const anchorMs = clock === undefined ? undefined : readAnchorMs(db, clock);
  if (clock === undefined || anchorMs === undefined) return { stepMs: 0, nowMs: 0 };
  const stepMs = clock.aheadMs - anchorMs;
  return { stepMs: Math.abs(stepMs) < MIN_STEP_MS ? 0 : stepMs, nowMs: clock.nowMs };
}

/** The same with the instants as they stand in the table, for who looks whether they change. */
export function readStatusesAsWritten(db: StatusDb, onFault?: (fault: SigctlError) => void): StatusRow[] {
  const rows = statement(db, 'SELECT * FROM service_status ORDER BY service, instance').all();
  return parseRows(rows, parseStatusRow, onFault);
}

/** The row of one process of a service. @throws {SigctlError} `STATUS_ROW_INVALID`. */
export function readStatus(db: StatusDb, service: string, instance: string): StatusRow | undefined {
  const sql = 'SELECT * FROM service_status WHERE service = @service AND instance = @instance';
  const row = statement(db, sql).get({ service, instance });
  return row === undefined ? undefined : parseStatusRow(row);
}

/** The same, where an impossible row says as little as none: what is wrong with it is handed back. */
export function tryReadStatus(
  db: StatusDb,
  service: string,
  instance: string,
): { readonly row: StatusRow | undefined; readonly fault: SigctlError | undefined } {
  try {
    return { row: readStatus(db, service, instance), fault: undefined };
  } catch (error) {
    if (!(error instanceof SigctlError) || error.code !== 'STATUS_ROW_INVALID') throw error;
    return { row: undefined, fault: error };
  }
}

/**
 * Takes the row of a service for this process: state `starting`, reason and progress cleared, generation one higher.
 * Whoever held the row before can write no more. The previous run's detail stays until the first new one.
 */
export function claimStatus(db: StatusDb, claim: StatusClaim): { generation: number } {
  const row = statement(db, CLAIM).get(claim);
  return { generation: (row as { generation: number }).generation };
}

/** Moves the heartbeat. @returns `false` when a newer generation owns the row, which is then unchanged. */
export function writeHeartbeat(db: StatusDb, write: HeartbeatWrite): boolean {
  return statement(db, HEARTBEAT).run(write).changes > 0;
}

/**
 * Sets the state and its reason. A terminal reason is sticky: `stopped` keeps the reason of an `error`, or of an earlier `stopped`.
 *
 * @returns `false` when a newer generation owns the row, which is then unchanged.
 */
export function writeState(db: StatusDb, write: StateWrite): boolean {
  const { reason = null, detail, ...rest } = write;
  return statement(db, STATE).run({ ...rest, reason, detailJson: toJson(detail) }).changes > 0;
}

/** Counts one finished piece of work. @returns `false` when a newer generation owns the row, which is then unchanged. */
export function writeProgress(db: StatusDb, write: ProgressWrite): boolean {
  const { withinMs = null, detail, ...rest } = write;
  return statement(db, PROGRESS).run({ ...rest, withinMs, detailJson: toJson(detail) }).changes > 0;
}

/** Sets `reload` in the detail, and leaves the rest of it. @returns `false` when a newer generation owns the row. */
export function writeReload(db: StatusDb, { reload, ...rest }: ReloadWrite): boolean {
  return statement(db, RELOAD).run({ ...rest, reloadJson: JSON.stringify(reload) }).changes > 0;
}

function toJson(detail: Readonly<Record<string, unknown>> | undefined): string | null {
  return detail === undefined ? null : JSON.stringify(detail);
}

const OWNED = 'WHERE service = @service AND instance = @instance AND generation = @generation';

const CLAIM = `
  INSERT INTO service_status (service, instance, host, pid, start_token, state, heartbeat_at_ms, heartbeat_every_ms, generation, version, mode)
  VALUES (@service, @instance, @host, @pid, @startToken, 'starting', @nowMs, @heartbeatEveryMs, 1, @version, @mode)
  ON CONFLICT (service, instance) DO UPDATE SET
    host = excluded.host, pid = excluded.pid, start_token = excluded.start_token,
    state = 'starting', reason = NULL,
    heartbeat_at_ms = excluded.heartbeat_at_ms, heartbeat_every_ms = excluded.heartbeat_every_ms,
    progress_name = NULL, progress_seq = NULL, progress_at_ms = NULL, progress_within_ms = NULL,
    generation = service_status.generation + 1, version = excluded.version, mode = excluded.mode,
    rss_bytes = NULL, loop_lag_ms = NULL
  RETURNING generation`;

const HEARTBEAT = `
  UPDATE service_status SET heartbeat_at_ms = @nowMs, rss_bytes = @rssBytes, loop_lag_ms = @loopLagMs ${OWNED}`;

// State and progress move the heartbeat too: whoever writes them is alive, even if a busy loop starves its timer.
const STATE = `
  UPDATE service_status SET
    reason = CASE WHEN @state = 'stopped' AND state IN ('error', 'stopped') THEN coalesce(reason, @reason) ELSE @reason END,
    state = @state, detail_json = coalesce(@detailJson, detail_json), heartbeat_at_ms = max(heartbeat_at_ms, @nowMs)
  ${OWNED}`;

const RELOAD = `
  UPDATE service_status SET
    detail_json = json_set(coalesce(detail_json, '{}'), '$.reload', json(@reloadJson)),
    heartbeat_at_ms = max(heartbeat_at_ms, @nowMs)
  ${OWNED}`;

const PROGRESS = `
  UPDATE service_status SET
    progress_name = @name, progress_seq = coalesce(progress_seq, 0) + 1, progress_at_ms = @nowMs, progress_within_ms = @withinMs,
    detail_json = coalesce(@detailJson, detail_json), heartbeat_at_ms = max(heartbeat_at_ms, @nowMs)
  ${OWNED}`;
