import { pruneHistory } from '../../record/prune-history.js';
import { reconcile } from '../../record/reconcile.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';

type RecordContext = Pick<WatchContext, 'stack' | 'paths' | 'db' | 'version' | 'nowMs'>;

/** Puts each start and exit on record within a tick, and once more at the end. */
export function keepRecord({ stack, paths, db, version, nowMs }: RecordContext, everyMs: number): Duty {
  const record = (): void => void reconcile(db, { stack: stack(), paths, nowMs: nowMs(), version });
  return { name: 'keep the record', everyMs, run: record, drain: record };
}

const PRUNE_EVERY_MS = 3_600_000;

/** Forgets what is older than the manifest wants. */
export function pruneRecord({ stack, db, nowMs }: RecordContext): Duty {
  return {
    name: 'prune the record',
    everyMs: PRUNE_EVERY_MS,
    run: () => pruneHistory(db, stack().watch.history, nowMs()),
  };
}
