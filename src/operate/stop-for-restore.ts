import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StopOutcome } from '../core/outcome.js';
import { SigctlError } from '../errors.js';
import { hasDatabaseHeader } from '../store/database-header.js';
import { writeDesired } from '../store/desired.js';
import { type LeaseGeneration, readLeaseGenerations } from '../store/lease-generations.js';
import { openStatusDb, type StatusDb } from '../store/open.js';
import type { OperateContext } from './context.js';
import { openSession } from './session.js';
import { stopWatchdog } from './watchdog.js';

/** A stack of which no service runs. */
export interface StoppedStack {
  /** What ran, or was meant to: to be started again. */
  readonly services: readonly string[];
  readonly outcomes: readonly StopOutcome[];
  /** As the last holders left them. */
  readonly leases: readonly LeaseGeneration[];
}

export interface StopRequest {
  /** `false`: the status table is not even opened. */
  readonly trustStatus: boolean;
  /** Called before the first stop. */
  readonly onPresent: (services: readonly string[]) => void;
}

/**
 * Stops every service of the stack, PM2's daemon with them, and closes the status table. A damaged or missing status table does
 * not matter, for mending it may be why there is a restore: an empty one in `scratch` takes its place for as long as this takes.
 */
export async function stopForRestore(
  context: Omit<OperateContext, 'db'>,
  scratch: string,
  { trustStatus, onPresent }: StopRequest,
): Promise<StoppedStack> {
  const sound = trustStatus ? tryOpen(context.paths.statusDb) : undefined;
  const db = sound ?? openScratch(scratch);
  try {
    const session = openSession({ ...context, db });
    const { present } = session.presence();
    const all = context.stack.services.map(({ name }) => name);
    const services = all.filter((name) => present.has(name));
    onPresent(services);
    // An empty table does not know what PM2 may start again: so each service is stopped as if it were wanted.
    if (sound === undefined) for (const service of all) want(context, db, service);
    const outcomes = await session.applyStop(session.planStop(all));
    // It has the status table open, and stays while a process runs that the manifest does not name.
    await stopWatchdog(context);
    return { services, outcomes, leases: readLeaseGenerations(db) };
  } finally {
    db.close();
  }
}

function tryOpen(path: string): StatusDb | undefined {
  // One without a beginning is asked nothing: while services have it open, SQLite would call it locked.
  if (!hasDatabaseHeader(path)) return undefined;
  let db: StatusDb | undefined;
  try {
    db = openStatusDb(path);
    if (db.pragma('quick_check(1)', { simple: true }) === 'ok') return db;
  } catch (error) {
    if (error instanceof SigctlError && error.code === 'DATABASE_LOCKED') throw error;
    // Damaged, or of a newer sigctl: either way of no use here.
  }
  db?.close();
  return undefined;
}

function openScratch(folder: string): StatusDb {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openStatusDb(join(folder, 'scratch.db'));
}

function want({ nowMs, actor }: Omit<OperateContext, 'db'>, db: StatusDb, service: string): void {
  writeDesired(db, { service, wanted: 'running', nowMs: nowMs(), actor, manifestHash: null });
}
