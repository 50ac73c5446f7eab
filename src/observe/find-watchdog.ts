import { type HomePaths, lockPath, WATCHDOG_KEY } from '../process/home.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { readLive } from '../process/live-record.js';
import type { ProcStat } from '../process/proc-stat.js';

/** This stack's watchdog, `undefined` when none lives. */
export function findWatchdog(paths: HomePaths): ProcStat | undefined {
  const record = readLaunchRecord(lockPath(paths, WATCHDOG_KEY));
  return record && readLive(record);
}
