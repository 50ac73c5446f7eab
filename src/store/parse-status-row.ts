import { SERVICE_STATES, type StatusRow } from '../core/status-row.js';
import { rowReader } from './row-reader.js';

/** Parses one row of `service_status`. @throws {SigctlError} `STATUS_ROW_INVALID` naming row and column. */
export function parseStatusRow(raw: unknown): StatusRow {
  const row = rowReader(raw, 'service_status', ['service', 'instance']);
  return {
    service: row.text('service'),
    instance: row.text('instance'),
    host: row.text('host'),
    pid: row.integerOrNull('pid'),
    startToken: row.textOrNull('start_token'),
    state: row.oneOf('state', SERVICE_STATES),
    reason: row.textOrNull('reason'),
    heartbeatAtMs: row.integer('heartbeat_at_ms'),
    heartbeatEveryMs: row.integerOrNull('heartbeat_every_ms'),
    progressName: row.textOrNull('progress_name'),
    progressSeq: row.integerOrNull('progress_seq'),
    progressAtMs: row.integerOrNull('progress_at_ms'),
    progressWithinMs: row.integerOrNull('progress_within_ms'),
    generation: row.integer('generation'),
    version: row.textOrNull('version'),
    mode: row.textOrNull('mode'),
    rssBytes: row.integerOrNull('rss_bytes'),
    loopLagMs: row.numberOrNull('loop_lag_ms'),
    detail: row.jsonOrNull('detail_json'),
  };
}
