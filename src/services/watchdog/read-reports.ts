import type { ServiceReport } from '../../core/service-report.js';
import { observeStack } from '../../observe/observe-stack.js';
import { readChecks } from '../../store/checks.js';
import { readDesired } from '../../store/desired.js';
import { readStatuses } from '../../store/service-status.js';
import { readUnready } from '../../store/unready.js';
import type { WatchContext } from './context.js';

/** Rows that another program spoiled are left out: the log says which, once a minute. */
export function readReports({ stack, paths, db, nowMs, log }: WatchContext): readonly ServiceReport[] {
  const onFault = (fault: Error): void => log.trouble('a row cannot be read', fault);
  return observeStack({
    stack: stack(),
    home: paths.home,
    statuses: readStatuses(db, onFault),
    desired: readDesired(db),
    unready: readUnready(db),
    checks: readChecks(db, onFault),
    nowMs: nowMs(),
  });
}
