import { statSync } from 'node:fs';
import type { ProcessIdentity } from '../core/observed-process.js';
import { SigctlError } from '../errors.js';
import { lockPath, logPath, workerPath } from '../process/home.js';
import { isAlive } from '../process/identity.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { pruneHistory } from '../record/prune-history.js';
import { reconcile } from '../record/reconcile.js';
import { recordIntent } from '../store/intents.js';
import type { OperateContext, Target } from './context.js';

/** Why processes start and end under this command, in one word of the flight recorder. */
export function causeOf({ cause, actor, command }: Pick<OperateContext, 'cause' | 'actor' | 'command'>): string {
  if (cause !== undefined) return cause;
  if (actor === 'boot') return 'boot';
  return command?.startsWith('mode ') === true ? 'mode' : 'operator';
}

/** Tells the flight recorder of a launch before it is made. */
export function announceStart(context: OperateContext, { spec, key }: Target, startId: string): void {
  const log = statSync(logPath(context.paths, key), { throwIfNoEntry: false });
  recordIntent(context.db, {
    key,
    subject: { kind: 'start', startId },
    cause: causeOf(context),
    actor: context.actor,
    atMs: context.nowMs(),
    detail: { ...typed(context), hash: spec.hash, logBytes: log?.size ?? 0 },
  });
}

/** Tells it of an end before anything is signalled. */
export function announceExit(context: OperateContext, key: string, process: ProcessIdentity): void {
  recordIntent(context.db, {
    key,
    subject: { kind: 'exit', process },
    cause: causeOf(context),
    actor: context.actor,
    atMs: context.nowMs(),
    detail: typed(context),
  });
}

/** The same for whatever runs under this key now, if anything does: also the watchdog, and PM2's daemon. */
export function announceExitOf(context: OperateContext, key: string): void {
  for (const file of [lockPath(context.paths, key), workerPath(context.paths, key)]) {
    const record = readLaunchRecord(file);
    if (record !== undefined && isAlive(record.identity)) announceExit(context, key, record.identity);
  }
}

function typed({ command }: OperateContext): Readonly<Record<string, unknown>> {
  return command === undefined ? {} : { command };
}

/** Brings the flight recorder up to now, so that nothing is lost where no watchdog runs. */
export function keepRecord({ db, stack, paths, nowMs, version }: OperateContext): void {
  try {
    reconcile(db, { stack, paths, nowMs: nowMs(), version: version ?? '' });
    pruneHistory(db, stack.watch.history, nowMs());
  } catch (error) {
    // What was asked for is done. A row that somebody else broke is told by whoever reads it, and the next command records the rest.
    if (!(error instanceof SigctlError)) throw error;
  }
}
