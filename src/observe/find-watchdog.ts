import type { ProcessIdentity } from '../core/observed-process.js';
import { type HomePaths, lockPath, WATCHDOG_KEY } from '../process/home.js';
import { isAlive } from '../process/identity.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { readBootId } from '../process/proc-stat.js';

/** This stack's watchdog, `undefined` when none lives. */
export function findWatchdog(paths: HomePaths): ProcessIdentity | undefined {
  const record = readLaunchRecord(lockPath(paths, WATCHDOG_KEY));
  return record !== undefined && isAlive(record.identity) && record.bootId === readBootId()
    ? record.identity
    : undefined;
}
