import type { ReportedState } from '../core/status-row.js';
import { openStatusDb, type StatusDb } from '../store/open.js';
import {
  claimStatus,
  type ReloadReport,
  type StatusClaim,
  type StatusOwner,
  writeHeartbeat,
  writeProgress,
  writeReload,
  writeState,
} from '../store/service-status.js';

/** A write that waits longer would hold up the service's own work; the next heartbeat tries again. */
const BUSY_TIMEOUT_MS = 2_500;

export interface StateReport {
  readonly state: ReportedState;
  readonly reason?: string | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export interface ProgressReport {
  readonly name: string;
  readonly withinMs?: number | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export interface StatusLinkEvents {
  /** A newer process has claimed the row. Called once; nothing is written afterwards. */
  readonly onFenced: () => void;
  /** The table could not be written. Called when a fault begins, not for each write that it fails. */
  readonly onFault: (error: unknown) => void;
  readonly onRecovered: () => void;
}

/** This process's row in the status table. No method throws: what fails is kept and written with the next heartbeat. */
export interface StatusLink {
  heartbeat(rssBytes: number, loopLagMs: number): void;
  state(report: StateReport): void;
  progress(report: ProgressReport): void;
  /** From now on part of every detail that is written. */
  reload(report: ReloadReport): void;
  /** The connection once the row is claimed, for leases. */
  readonly db: StatusDb | undefined;
  close(): void;
}

/** Claims the row at once, and if the table cannot be written then, with the first heartbeat that can. */
export function linkStatus(
  path: string,
  claim: Omit<StatusClaim, 'nowMs'>,
  nowMs: () => number,
  events: StatusLinkEvents,
): StatusLink {
  let db: StatusDb | undefined;
  let owner: StatusOwner | undefined;
  let fenced = false;
  let faulty = false;
  let closed = false;
  // What is not yet in the table, latest of each kind.
  let pendingState: (StateReport & { readonly nowMs: number }) | undefined;
  let pendingProgress: (ProgressReport & { readonly nowMs: number }) | undefined;
  let lastReload: ReloadReport | undefined;
  let isReloadPending = false;
  /** A detail replaces the one before it, and `sigctl reload` may still be waiting for its answer. */
  const withReload = <T extends { readonly detail?: Readonly<Record<string, unknown>> | undefined }>(report: T): T =>
    lastReload === undefined || report.detail === undefined
      ? report
      : { ...report, detail: { ...report.detail, reload: lastReload } };

  const claimed = (): { readonly db: StatusDb; readonly owner: StatusOwner } => {
    db ??= openForService(path);
    if (owner === undefined) {
      const { generation } = claimStatus(db, { ...claim, nowMs: nowMs() });
      owner = { service: claim.service, instance: claim.instance, generation };
    }
    return { db, owner };
  };
  const flush = (target: { readonly db: StatusDb; readonly owner: StatusOwner }): boolean => {
    if (pendingState !== undefined) {
      if (!writeState(target.db, { ...target.owner, ...withReload(pendingState) })) return false;
      pendingState = undefined;
    }
    if (pendingProgress !== undefined) {
      if (!writeProgress(target.db, { ...target.owner, ...withReload(pendingProgress) })) return false;
      pendingProgress = undefined;
    }
    if (isReloadPending && lastReload !== undefined) {
      if (!writeReload(target.db, { ...target.owner, nowMs: nowMs(), reload: lastReload })) return false;
      isReloadPending = false;
    }
    return true;
  };
  const attempt = (write: (target: { readonly db: StatusDb; readonly owner: StatusOwner }) => boolean) => {
    if (fenced || closed) return;
    try {
      fenced = !write(claimed());
    } catch (error) {
      if (!faulty) events.onFault(error);
      faulty = true;
      return;
    }
    if (fenced) return events.onFenced();
    if (faulty) events.onRecovered();
    faulty = false;
  };

  attempt(() => true);
  return {
    heartbeat: (rssBytes, loopLagMs) =>
      attempt(
        (target) =>
          writeHeartbeat(target.db, { ...target.owner, nowMs: nowMs(), rssBytes, loopLagMs }) && flush(target),
      ),
    state(report) {
      pendingState = { ...report, nowMs: nowMs() };
      attempt(flush);
    },
    progress(report) {
      pendingProgress = { ...report, nowMs: nowMs() };
      attempt(flush);
    },
    reload(report) {
      lastReload = report;
      isReloadPending = true;
      attempt(flush);
    },
    get db() {
      return owner === undefined || closed ? undefined : db;
    },
    close() {
      closed = true;
      db?.close();
    },
  };
}

/** The status of a service outside of sigctl: reports go nowhere. */
export function unlinkedStatus(): StatusLink {
  const nothing = () => undefined;
  return { heartbeat: nothing, state: nothing, progress: nothing, reload: nothing, db: undefined, close: nothing };
}

function openForService(path: string): StatusDb {
  const db = openStatusDb(path);
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return db;
}
