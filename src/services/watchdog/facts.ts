import type { StatusRow } from '../../core/status-row.js';
import type { StoredCheck } from '../../core/stored-check.js';
import { readChangeMark } from '../../store/change-mark.js';
import { readChecks } from '../../store/checks.js';
import { readDesired } from '../../store/desired.js';
import { readStatusesAsWritten } from '../../store/service-status.js';
import { readUnready, type UnreadyProcesses } from '../../store/unready.js';
import type { WatchContext } from './context.js';

/** What the status table tells of services. */
export interface Facts {
  /** Services that the operator wants to run. */
  readonly wanted: ReadonlySet<string>;
  readonly statuses: readonly StatusRow[];
  readonly unready: UnreadyProcesses;
  readonly checks: readonly StoredCheck[];
}

/** Reads the table anew only when it was written to, or the manifest is another one. What the reader throws, the next call tries again. */
export function createFactReader({ db, stack, log }: Pick<WatchContext, 'db' | 'stack' | 'log'>): () => Facts {
  const onFault = (fault: Error): void => log.trouble('a row cannot be read', fault);
  let last: { readonly mark: string; readonly stack: unknown; readonly facts: Facts } | undefined;
  return () => {
    const now = stack();
    // First: what is written after it is read at the next look.
    const mark = readChangeMark(db);
    if (last !== undefined && last.mark === mark && last.stack === now) return last.facts;
    const facts = {
      wanted: new Set(readDesired(db).flatMap((entry) => (entry.wanted === 'running' ? [entry.service] : []))),
      statuses: readStatusesAsWritten(db, onFault),
      unready: readUnready(db),
      checks: now.services.some(({ checks }) => checks.length > 0) ? readChecks(db, onFault) : [],
    };
    last = { mark, stack: now, facts };
    return facts;
  };
}
