import type { VerifiedBackup } from '../backup/verify-backup.js';
import { forgetProcesses } from '../record/forget-processes.js';
import { readDesired, writeDesired } from '../store/desired.js';
import { recordEvent } from '../store/events.js';
import { freeLeases } from '../store/lease-generations.js';
import { openStatusDb } from '../store/open.js';
import type { OperateContext } from './context.js';
import type { StoppedStack } from './stop-for-restore.js';

/**
 * Makes a restored status table true of now: wanted is what ran before the restore, whatever was wanted at the time of the backup;
 * nobody holds a lease, and no generation went back; the restore is on record. Mode, history and tasks are those of the backup.
 */
export function adoptStatus(
  { paths, stack, nowMs, actor }: Omit<OperateContext, 'db'>,
  backup: VerifiedBackup,
  { services, leases }: Pick<StoppedStack, 'services' | 'leases'>,
): void {
  const db = openStatusDb(paths.statusDb);
  try {
    freeLeases(db, leases);
    forgetProcesses(db, paths);
    const known = [...readDesired(db).map(({ service }) => service), ...services];
    for (const service of new Set(known)) {
      const isWanted = services.includes(service);
      const hash = isWanted ? stack.services.find(({ name }) => name === service)?.hash : undefined;
      const wanted = isWanted ? 'running' : 'stopped';
      writeDesired(db, { service, wanted, nowMs: nowMs(), actor, manifestHash: hash ?? null });
    }
    const detail = { backup: backup.folder, asOf: backup.index.asOf };
    recordEvent(db, { atMs: nowMs(), service: 'stack', kind: 'restore', cause: 'operator', actor, detail });
  } finally {
    db.close();
  }
}
