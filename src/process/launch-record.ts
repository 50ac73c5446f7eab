import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../core/observed-process.js';

/** What the launcher wrote into a lock file at the last start of a service. */
export interface LaunchRecord {
  readonly identity: ProcessIdentity;
  readonly bootId: string;
  /** Names the start by sigctl to which this process goes back. */
  readonly startId: string;
  /** How often the launcher ran for that start: above one, somebody restarted it unasked. */
  readonly starts: number;
}

/** Reads the one line `pid start-time boot-id start-id starts`. `undefined`: never started, or not readable as such. */
export function readLaunchRecord(lockFile: string): LaunchRecord | undefined {
  try {
    return parseLaunchRecord(readFileSync(lockFile, 'utf8'));
  } catch {
    // No file: the service never ran here. An unreadable one (EACCES) belongs to somebody else's stack.
    return undefined;
  }
}

export function parseLaunchRecord(text: string): LaunchRecord | undefined {
  const match = /^(\d+) (\S+) (\S+) (\S+) (\d+)\s*$/.exec(text.split('\n')[0] ?? '');
  if (match === null) return undefined;
  const [, pid, startToken, bootId, startId, starts] = match;
  if (startToken === undefined || bootId === undefined || startId === undefined) return undefined;
  return { identity: { pid: Number(pid), startToken }, bootId, startId, starts: Number(starts) };
}
