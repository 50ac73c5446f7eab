import { type Alert, mergeAlerts } from '../core/alert.js';
import { SigctlError } from '../errors.js';
import { type ChannelKind, type OutboxRow, parseAlertRow } from './alert-rows.js';
import { readFact, writeFact } from './facts.js';
import type { StatusDb } from './open.js';
import { rowReader } from './row-reader.js';
import { statement } from './statement.js';

// The outbox promises: what was enqueued is delivered at least once, or is seen as dead. Once only is more than Telegram
// allows: it has no key by which it would drop a repeated message. So a row is marked before it is sent and settled as soon
// as the answer is there, and a repeat whose first copy may have arrived says so.

/** A time farther away than this comes from a clock that was put back since: the row is due. */
export const MAX_WAIT_MS = 3_600_000;

/**
 * Puts an alert on its way through each channel. One of the same key that waits, and was not sent yet, becomes this one.
 * Belongs into the transaction that remembers that the alert was told: both, or none.
 */
export function enqueueAlert(
  db: StatusDb,
  request: { readonly channels: readonly ChannelKind[]; readonly dedupeKey: string; readonly alert: Alert },
): void {
  const { dedupeKey, alert } = request;
  db.transaction(() => {
    for (const channel of new Set(request.channels)) {
      const raw = statement(db, WAITING).get({ channel, dedupeKey });
      if (raw === undefined) {
        statement(db, INSERT).run({ channel, dedupeKey, atMs: alert.atMs, bodyJson: JSON.stringify(alert) });
        continue;
      }
      const waiting = parseAlertRow(raw);
      statement(db, MERGE).run({ id: waiting.id, bodyJson: JSON.stringify(mergeAlerts(waiting.alert, alert)) });
    }
  }).immediate();
}

/**
 * Takes what is due of one channel, oldest first, one message of each key; marks it as being sent. A deliverer that dies
 * after this leaves it to be sent again once `leaseMs` is over.
 *
 * @returns The rows as they were before: `isUncertain` tells of earlier attempts.
 */
export function claimAlerts(
  db: StatusDb,
  request: { readonly channel: ChannelKind; readonly nowMs: number; readonly leaseMs: number; readonly limit: number },
): readonly OutboxRow[] {
  const { channel, nowMs, leaseMs, limit } = request;
  const due = () => statement(db, DUE).all({ channel, nowMs, limit, maxMs: nowMs + MAX_WAIT_MS });
  // Looked at without the write lock first: most looks find nothing.
  if (isHeld(db, channel, nowMs) || due().length === 0) return [];
  return db
    .transaction(() => {
      const rows = due().flatMap((raw) => parseOrBury(db, raw, nowMs));
      for (const { id } of rows) statement(db, CLAIM).run({ id, nextAtMs: nowMs + leaseMs });
      return rows;
    })
    .immediate();
}

/** A row that holds something impossible must not keep the others from being sent. */
function parseOrBury(db: StatusDb, raw: unknown, nowMs: number): readonly OutboxRow[] {
  try {
    return [parseAlertRow(raw)];
  } catch (error) {
    if (!(error instanceof SigctlError)) throw error;
    settleDead(db, rowReader(raw, 'alert_outbox', []).integer('id'), nowMs, error.message);
    return [];
  }
}

/** Nothing goes through the channel until then: its server asked for it. Holds across restarts. */
export function holdChannel(db: StatusDb, channel: ChannelKind, untilMs: number): void {
  writeFact(db, holdKey(channel), String(untilMs));
}

function isHeld(db: StatusDb, channel: ChannelKind, nowMs: number): boolean {
  const untilMs = Number(readFact(db, holdKey(channel)) ?? 0);
  return nowMs < untilMs && untilMs <= nowMs + MAX_WAIT_MS;
}

const holdKey = (channel: ChannelKind): string => `alerts.hold.${channel}`;

/** The receiver has it. */
export function settleDelivered(db: StatusDb, id: number, nowMs: number): void {
  statement(db, SETTLE).run({ id, nowMs, state: 'delivered', error: null });
}

/** The receiver will never take it: it stays, with the reason, until an operator retries it. */
export function settleDead(db: StatusDb, id: number, nowMs: number, error: string): void {
  statement(db, SETTLE).run({ id, nowMs, state: 'dead', error });
}

/** It goes again later. @param isUncertain The receiver may have it all the same. */
export function postponeAlert(
  db: StatusDb,
  request: { readonly id: number; readonly nextAtMs: number; readonly error: string; readonly isUncertain: boolean },
): void {
  const { isUncertain, ...rest } = request;
  statement(db, POSTPONE).run({ ...rest, uncertain: isUncertain ? 1 : 0 });
}

/** The channel works: what waits for another attempt goes now. */
export function wakeChannel(db: StatusDb, channel: ChannelKind, nowMs: number): void {
  statement(db, WAKE).run({ channel, nowMs });
}

/** Whoever was sending has died (there is one deliverer only): its rows are due now. Called when a deliverer starts. */
export function releaseClaims(db: StatusDb, nowMs: number): void {
  statement(db, RELEASE).run({ nowMs });
}

/** Sends what was given up once more, through the channels that there are. @returns How many. */
export function retryDead(db: StatusDb, nowMs: number, channels: readonly ChannelKind[]): number {
  return statement(db, RETRY).run({ nowMs, channels: JSON.stringify(channels) }).changes;
}

/** Gives up what waits for a channel that the manifest no longer names: nobody will send it. Without such rows it writes nothing. */
export function settleStranded(db: StatusDb, nowMs: number, channels: readonly ChannelKind[]): void {
  const named = { channels: JSON.stringify(channels) };
  if (statement(db, STRANDED).get(named) !== undefined) statement(db, SETTLE_STRANDED).run({ ...named, nowMs });
}

/** Forgets what was given up. @returns How many. */
export function clearDead(db: StatusDb): number {
  return statement(db, "DELETE FROM alert_outbox WHERE state = 'dead'").run({}).changes;
}

/** Forgets what was settled before then. */
export function pruneAlerts(db: StatusDb, beforeMs: number): void {
  statement(db, "DELETE FROM alert_outbox WHERE state <> 'pending' AND settled_at_ms < @beforeMs").run({ beforeMs });
}

const WAITING = `
  SELECT * FROM alert_outbox
  WHERE channel = @channel AND dedupe_key = @dedupeKey AND state = 'pending' AND uncertain = 0
  ORDER BY id DESC LIMIT 1`;

const INSERT = `
  INSERT INTO alert_outbox (created_at_ms, channel, dedupe_key, body_json, state, next_at_ms)
  VALUES (@atMs, @channel, @dedupeKey, @bodyJson, 'pending', @atMs)`;

const MERGE = 'UPDATE alert_outbox SET body_json = @bodyJson, count = count + 1 WHERE id = @id';

// Of one key, the older goes first: an alert must not arrive after its recovery.
const DUE = `
  SELECT * FROM alert_outbox AS row
  WHERE state = 'pending' AND channel = @channel AND (next_at_ms <= @nowMs OR next_at_ms > @maxMs)
    AND NOT EXISTS (
      SELECT 1 FROM alert_outbox AS older
      WHERE older.state = 'pending' AND older.channel = row.channel AND older.dedupe_key = row.dedupe_key
        AND older.id < row.id)
  ORDER BY id LIMIT @limit`;

const CLAIM = 'UPDATE alert_outbox SET attempts = attempts + 1, uncertain = 1, next_at_ms = @nextAtMs WHERE id = @id';

const SETTLE = `
  UPDATE alert_outbox SET state = @state, last_error = @error, uncertain = 0, settled_at_ms = @nowMs
  WHERE id = @id AND state = 'pending'`;

const POSTPONE = `
  UPDATE alert_outbox SET next_at_ms = @nextAtMs, last_error = @error, uncertain = @uncertain
  WHERE id = @id AND state = 'pending'`;

const RELEASE = "UPDATE alert_outbox SET next_at_ms = @nowMs WHERE state = 'pending' AND uncertain = 1";

const WAKE = `
  UPDATE alert_outbox SET next_at_ms = @nowMs
  WHERE state = 'pending' AND channel = @channel AND last_error IS NOT NULL AND next_at_ms > @nowMs`;

const RETRY = `
  UPDATE alert_outbox SET state = 'pending', attempts = 0, next_at_ms = @nowMs, created_at_ms = @nowMs, settled_at_ms = NULL
  WHERE state = 'dead' AND channel IN (SELECT value FROM json_each(@channels))`;

const IS_STRANDED = "state = 'pending' AND channel NOT IN (SELECT value FROM json_each(@channels))";

const STRANDED = `SELECT id FROM alert_outbox WHERE ${IS_STRANDED} LIMIT 1`;

const SETTLE_STRANDED = `
  UPDATE alert_outbox SET state = 'dead', uncertain = 0, settled_at_ms = @nowMs,
    last_error = 'the manifest no longer names a ' || channel || ' channel'
  WHERE ${IS_STRANDED}`;
