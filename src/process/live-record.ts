import type { LaunchRecord } from './launch-record.js';
import { type ProcStat, readBootId, readProcStat } from './proc-stat.js';

/** The process that the launcher recorded, if it is that very process and this very boot. */
export function readLive({ identity, bootId }: LaunchRecord): ProcStat | undefined {
  const stat = readProcStat(identity.pid);
  return stat?.startToken === identity.startToken && bootId === readBootId() ? stat : undefined;
}
