import { statfsSync } from 'node:fs';
import { formatSize } from '../../../core/size.js';
import type { HomePaths } from '../../../process/home.js';
import type { ProcStat } from '../../../process/proc-stat.js';
import { type Sighting, WHOLE_STACK } from './alert-watch.js';

/** Free space where the logs lie. A disk that cannot be looked at is left out: the next look tells. */
export function sightDisk({ logs, home }: HomePaths, minFreeBytes: number): readonly Sighting[] {
  const freeBytes = freeAt(logs) ?? freeAt(home);
  if (freeBytes === undefined) return [];
  const isLow = freeBytes < minFreeBytes;
  const limit = `below ${formatSize(minFreeBytes)}: log segments go, oldest first`;
  return [
    {
      service: WHOLE_STACK,
      instance: 'disk',
      name: 'disk',
      verdict: isLow ? 'degraded' : 'healthy',
      reason: `${formatSize(freeBytes)} free${isLow ? `, ${limit}` : ''}`,
      next: isLow ? 'sigctl doctor' : null,
    },
  ];
}

function freeAt(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // Not made yet, or not ours to look at.
    return undefined;
  }
}

/** PM2's daemon: that it died is told even when a new one has taken over before anybody looked. */
export function createDaemonWatch(): (daemon: ProcStat | undefined) => Sighting {
  let lastPid: number | undefined;
  return (daemon) => {
    const sighting = judgeDaemon(lastPid, daemon?.pid, daemon?.state);
    lastPid = daemon?.pid ?? lastPid;
    return { service: WHOLE_STACK, instance: 'pm2', name: 'pm2', ...sighting };
  };
}

type Judged = Pick<Sighting, 'verdict' | 'reason' | 'next' | 'atOnce'>;

/** Pure. @param state Of the process, as proc(5) has it. */
export function judgeDaemon(lastPid: number | undefined, pid: number | undefined, state: string | undefined): Judged {
  if (pid === undefined) {
    const reason = `PM2's daemon${lastPid === undefined ? '' : ` (pid ${lastPid})`} is gone: services run on`;
    return { verdict: 'down', reason, next: 'sigctl status', atOnce: true };
  }
  if (lastPid !== undefined && lastPid !== pid) {
    const reason = `PM2's daemon (pid ${lastPid}) died, and pid ${pid} took over: services run on`;
    return { verdict: 'down', reason, next: 'sigctl status', atOnce: true };
  }
  if (state === 'T') {
    const reason = `PM2's daemon (pid ${pid}) is stopped: it restarts nothing`;
    return { verdict: 'hung', reason, next: `kill -CONT ${pid}` };
  }
  return { verdict: 'healthy', reason: `PM2's daemon runs as pid ${pid}`, next: null };
}
