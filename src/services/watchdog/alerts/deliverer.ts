import {
  claimAlerts,
  holdChannel,
  MAX_WAIT_MS,
  postponeAlert,
  settleDead,
  settleDelivered,
  settleStranded,
  wakeChannel,
} from '../../../store/alert-outbox.js';
import type { ChannelKind, OutboxRow } from '../../../store/alert-rows.js';
import type { StatusDb } from '../../../store/open.js';
import { backoffMs } from './backoff.js';
import type { DeliveryOutcome, Sender } from './channel.js';

export interface DelivererDeps {
  readonly db: StatusDb;
  readonly channels: readonly { readonly kind: ChannelKind; readonly sender: Sender }[];
  readonly nowMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Deliverer {
  /** Begins to send what is due, gives up what has no channel any more, and returns at once. Throws what the database throws: a full disk loses nothing. */
  readonly tick: () => void;
  /** Resolves when nothing is being sent any more. */
  readonly idle: () => Promise<void>;
  /** Something is being sent, or how it ended is not written down yet. */
  readonly isBusy: () => boolean;
}

/** Ticks. */
const STRANDED_EVERY = 30;
/** What could not be delivered for so long is given up, and stays to be seen. */
export const GIVE_UP_MS = 7 * 86_400_000;
/** After the deadline of an attempt, before a deliverer that died is taken for dead. */
const LEASE_SLACK_MS = 5_000;

/** The one deliverer of a stack. At most one attempt runs per channel, so that order holds and no server is stormed. */
export function createDeliverer({ db, channels, nowMs, random }: DelivererDeps): Deliverer {
  const kinds = channels.map(({ kind }) => kind);
  let ticks = 0;
  const lanes = channels.map((channel) => createLane(channel, { db, nowMs, random }));
  return {
    tick: () => {
      for (const lane of lanes) lane.tick();
      // At first, and then now and then: only another process may have put something there meanwhile.
      if (ticks % STRANDED_EVERY === 0) settleStranded(db, nowMs(), kinds);
      ticks += 1;
    },
    idle: async () => {
      await Promise.all(lanes.map((lane) => lane.idle()));
    },
    isBusy: () => lanes.some((lane) => lane.isBusy()),
  };
}

interface LaneDeps {
  readonly db: StatusDb;
  readonly nowMs: () => number;
  readonly random: () => number;
}

function createLane({ kind, sender }: DelivererDeps['channels'][number], { db, nowMs, random }: LaneDeps) {
  let running: Promise<void> | undefined;
  /** How the last attempt ended, until it is written down: it is not sent again because a disk was full meanwhile. */
  let unwritten: (() => void) | undefined;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  const write = (): void => {
    unwritten?.();
    unwritten = undefined;
  };
  return {
    idle: () => running ?? Promise.resolve(),
    isBusy: () => running !== undefined || unwritten !== undefined,
    tick: () => {
      if (running !== undefined) return;
      write();
      const startedAtMs = nowMs();
      if (Math.abs(startedAtMs - lastAtMs) < sender.minGapMs) return;
      const leaseMs = sender.deadlineMs + LEASE_SLACK_MS;
      const rows = claimAlerts(db, { channel: kind, nowMs: startedAtMs, leaseMs, limit: sender.maxBatch });
      if (rows.length === 0) return;
      lastAtMs = startedAtMs;
      running = attempt(sender, rows).then((outcome) => {
        running = undefined;
        unwritten = () => settle(db, { channel: kind, rows, outcome, nowMs: nowMs(), random });
        try {
          write();
        } catch {
          // The disk is full, or the database locked: the next tick tries again, and says so.
        }
      });
    },
  };
}

async function attempt(sender: Sender, rows: readonly OutboxRow[]): Promise<DeliveryOutcome> {
  const messages = rows.map(({ alert, count, attempts, isUncertain }) => ({
    alert,
    count,
    attempt: attempts + 1,
    isRepeat: isUncertain,
  }));
  try {
    return await sender.send(messages);
  } catch (error) {
    // A bug of ours; its message may hold an address, its name does not.
    const name = error instanceof Error ? error.name : 'unknown';
    return { kind: 'retry', error: `sigctl failed to send it (${name})`, isUncertain: true };
  }
}

interface Settlement {
  readonly channel: ChannelKind;
  readonly rows: readonly OutboxRow[];
  readonly outcome: DeliveryOutcome;
  readonly nowMs: number;
  readonly random: () => number;
}

function settle(db: StatusDb, { channel, rows, outcome, nowMs, random }: Settlement): void {
  db.transaction(() => {
    for (const row of rows) settleRow(db, row, outcome, { nowMs, random });
    if (outcome.kind === 'delivered') wakeChannel(db, channel, nowMs);
    if (outcome.kind === 'retry' && outcome.holdMs !== undefined) {
      holdChannel(db, channel, nowMs + Math.min(outcome.holdMs, MAX_WAIT_MS));
    }
  }).immediate();
}

function settleRow(
  db: StatusDb,
  row: OutboxRow,
  outcome: DeliveryOutcome,
  { nowMs, random }: { readonly nowMs: number; readonly random: () => number },
): void {
  const { id } = row;
  if (outcome.kind === 'delivered') settleDelivered(db, id, nowMs);
  else if (outcome.kind === 'dead') settleDead(db, id, nowMs, outcome.error);
  else if (nowMs - row.createdAtMs >= GIVE_UP_MS) {
    settleDead(db, id, nowMs, `not delivered within 7 days: ${outcome.error}`);
  } else {
    const waitMs = Math.min(outcome.holdMs ?? backoffMs(row.attempts + 1, random), MAX_WAIT_MS);
    const isUncertain = outcome.isUncertain || row.isUncertain;
    postponeAlert(db, { id, nextAtMs: nowMs + waitMs, error: outcome.error, isUncertain });
  }
}
