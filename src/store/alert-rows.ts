import type { Alert, EarlierAlert } from '../core/alert.js';
import type { UndeliveredAlerts } from '../core/alert-view.js';
import type { AlertChannel } from '../core/stack.js';
import { VERDICTS } from '../core/verdict.js';
import type { StatusDb } from './open.js';
import { type RowReader, rowReader } from './row-reader.js';
import { statement } from './statement.js';

export type ChannelKind = AlertChannel['kind'];

/** One message on its way through one channel. */
export interface OutboxRow {
  readonly id: number;
  readonly createdAtMs: number;
  readonly channel: ChannelKind;
  readonly dedupeKey: string;
  readonly alert: Alert;
  /** How many messages it stands for. */
  readonly count: number;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly nextAtMs: number;
  /** Why the last attempt failed, without any secret. */
  readonly lastError: string | null;
  /** An attempt began whose end nobody knows: the receiver may have it. */
  readonly isUncertain: boolean;
  readonly settledAtMs: number | null;
}

/** @throws {SigctlError} `STATUS_ROW_INVALID` (exit 4) naming row, column and value. */
export function parseAlertRow(raw: unknown): OutboxRow {
  const row = rowReader(raw, 'alert_outbox', ['id']);
  return {
    id: row.integer('id'),
    createdAtMs: row.integer('created_at_ms'),
    channel: row.oneOf('channel', ['telegram', 'webhook', 'command']),
    dedupeKey: row.text('dedupe_key'),
    alert: parseAlert(row.jsonOrNull('body_json')),
    count: row.integer('count'),
    state: row.oneOf('state', ['pending', 'delivered', 'dead']),
    attempts: row.integer('attempts'),
    nextAtMs: row.integer('next_at_ms'),
    lastError: row.textOrNull('last_error'),
    isUncertain: row.integer('uncertain') === 1,
    settledAtMs: row.integerOrNull('settled_at_ms'),
  };
}

/** The newest rows of the outbox, newest first: all that wait, and what was settled lately. */
export function readOutbox(db: StatusDb, limit: number): readonly OutboxRow[] {
  return statement(db, READ).all({ limit }).map(parseAlertRow);
}

/** Given up, or tried in vain at least once; `undefined` when there is none. */
export function readUndelivered(db: StatusDb): UndeliveredAlerts | undefined {
  const row = rowReader(statement(db, COUNT).get({}), 'alert_outbox', []);
  const raw = statement(db, NEWEST).get({});
  if (raw === undefined) return undefined;
  const newest = rowReader(raw, 'alert_outbox', []);
  return {
    count: row.integer('count'),
    dead: row.integer('dead'),
    oldestAtMs: row.integer('oldest_at_ms'),
    channel: newest.text('channel'),
    error: newest.text('last_error'),
  };
}

/** The body is our own, and any program may have written it: each field is looked at. */
function parseAlert(body: Readonly<Record<string, unknown>> | null): Alert {
  const row = rowReader(body ?? {}, 'alert_outbox body', ['id']);
  const earlier = Array.isArray(body?.['earlier']) ? body['earlier'] : [];
  return {
    ...parseEarlier(row),
    id: row.text('id'),
    stack: row.text('stack'),
    host: row.text('host'),
    subject: row.text('subject'),
    next: row.textOrNull('next'),
    sinceMs: row.integer('sinceMs'),
    previous: body?.['previous'] === null ? null : row.oneOf('previous', VERDICTS),
    episodes: row.integer('episodes'),
    episodesSinceMs: row.integer('episodesSinceMs'),
    earlier: earlier.map((entry: unknown) => parseEarlier(rowReader(entry, 'alert_outbox body', []))),
  };
}

function parseEarlier(row: RowReader): EarlierAlert {
  return {
    kind: row.oneOf('kind', ['alert', 'recovery', 'test']),
    verdict: row.oneOf('verdict', VERDICTS),
    reason: row.text('reason'),
    atMs: row.integer('atMs'),
  };
}

const READ = `SELECT * FROM alert_outbox ORDER BY state = 'pending' DESC, state = 'dead' DESC, id DESC LIMIT @limit`;

const COUNT = `
  SELECT count(*) AS count, coalesce(sum(state = 'dead'), 0) AS dead, coalesce(min(created_at_ms), 0) AS oldest_at_ms
  FROM alert_outbox WHERE last_error IS NOT NULL AND state IN ('pending', 'dead')`;

const NEWEST = `
  SELECT channel, last_error FROM alert_outbox
  WHERE last_error IS NOT NULL AND state IN ('pending', 'dead') ORDER BY id DESC LIMIT 1`;
